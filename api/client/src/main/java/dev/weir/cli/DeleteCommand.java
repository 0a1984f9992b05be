package dev.weir.cli;

import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Mirrored;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes objects, by name or as files name them. */
@Command(name = "delete", description = "delete objects")
final class DeleteCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();
    @Mixin private ManifestFiles files = new ManifestFiles();
    @Mixin private WaitOptions wait = new WaitOptions();

    @Option(names = "--ignore-not-found", description = "what is not there counts as deleted")
    private boolean ignoreNotFound;

    @Parameters(paramLabel = "TYPE NAME... | TYPE/NAME...", arity = "0..*")
    private List<String> words = List.of();

    /** One object that is to go. */
    private record Target(Kind kind, String namespace, String name) {}

    DeleteCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        wait.check();
        List<Target> targets = targets();
        Frontier written = Frontier.EMPTY;
        List<Key> keys = new ArrayList<>();
        boolean complete = true;
        try (WeirClient client = session.client(connect)) {
            for (Target target : targets) {
                try {
                    written = delete(client, target, written);
                    keys.add(target.kind().key(target.namespace(), target.name()));
                    session.out()
                            .println(
                                    Resource.typeName(target.kind())
                                            + " \""
                                            + target.name()
                                            + "\" deleted");
                } catch (FailureException e) {
                    if (!ignoreNotFound || e.failure().reason() != Failure.Reason.NOT_FOUND) {
                        session.err().println(Errors.describe(e));
                        complete = false;
                    }
                }
            }
            session.out().flush();
            if (wait.asked() && !keys.isEmpty()) {
                written = written.max(namespacesGone(client, keys));
                wait.on(client).until(written, keys);
            }
            return complete ? 0 : 1;
        }
    }

    private Frontier delete(WeirClient client, Target target, Frontier written) {
        if (target.kind().equals(Mirrored.KIND)) {
            return new EndpointsImport(client, session.err())
                    .delete(target.namespace(), target.name(), written);
        }
        var commit =
                client.delete(target.kind(), target.namespace(), target.name(), WriteOptions.NONE);
        return ProgrammedWait.with(written, commit);
    }

    /**
     * A Namespace goes after everything in it; the frontier at which the ones deleted here are
     * gone.
     */
    private Frontier namespacesGone(WeirClient client, List<Key> deleted) {
        boolean any = false;
        for (Key key : deleted) {
            if (key.kind().equals(Kinds.NAMESPACE.name())) {
                var limit = Durations.parse(wait.timeout);
                if (!new ObjectWait(client, Kinds.NAMESPACE, "", key.name(), limit).untilGone()) {
                    throw new CliError(
                            "timed out waiting for the condition on namespaces/" + key.name());
                }
                any = true;
            }
        }
        return any ? Frontier.of(client.status().getHead()) : Frontier.EMPTY;
    }

    private List<Target> targets() {
        if (!files.names.isEmpty()) {
            if (!words.isEmpty()) {
                throw new CliError(
                        "when paths are provided as input, you may not specify resources by name");
            }
            List<Target> targets = new ArrayList<>();
            files.read(session, namespace)
                    .forEach(
                            manifest -> {
                                ObjectMeta metadata = Resource.metadata(manifest.object());
                                targets.add(
                                        new Target(
                                                manifest.kind(),
                                                metadata.getNamespace(),
                                                metadata.getName()));
                            });
            return targets.reversed();
        }
        if (words.isEmpty()) {
            throw new CliError("You must provide one or more resources by argument or filename.");
        }
        return Resource.parse(words).stream()
                .map(
                        resource ->
                                new Target(
                                        resource.endpoints() ? Mirrored.KIND : resource.kind(),
                                        namespace.of(resource.kind()),
                                        resource.name()
                                                .orElseThrow(
                                                        () ->
                                                                new CliError(
                                                                        "resource(s) were provided,"
                                                                                + " but no name was"
                                                                                + " specified"))))
                .toList();
    }
}
