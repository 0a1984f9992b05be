package dev.weir.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.client.Written;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Manifests.Manifest;
import dev.weir.net.v1.Endpoints;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the objects of files so. All files are read before the first write. */
@Command(name = "apply", description = "create or change the objects of files")
final class ApplyCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();
    @Mixin private ManifestFiles files = new ManifestFiles();
    @Mixin private WaitOptions wait = new WaitOptions();

    @Option(names = "--dry-run", paramLabel = "client|server", description = "write nothing")
    private @Nullable String dryRun;

    ApplyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (files.names.isEmpty()) {
            throw new CliError("must specify one of -f and -k");
        }
        DryRun dry = DryRun.of(dryRun);
        wait.check();
        List<Manifest> manifests = files.read(session, namespace);
        if (manifests.isEmpty()) {
            throw new CliError("no objects passed to apply");
        }
        try (WeirClient client = session.client(connect)) {
            Frontier written = Frontier.EMPTY;
            List<Key> keys = new ArrayList<>();
            boolean complete = true;
            for (Manifest manifest : manifests) {
                try {
                    if (manifest.object() instanceof Endpoints endpoints) {
                        var done =
                                new EndpointsImport(client, session.err())
                                        .apply(endpoints, written, dry);
                        written = done.written();
                        keys.addAll(done.slices());
                        say(manifest, done.word(), dry);
                        continue;
                    }
                    written = apply(client, manifest, written, dry);
                    ObjectMeta metadata = Resource.metadata(manifest.object());
                    keys.add(manifest.kind().key(metadata.getNamespace(), metadata.getName()));
                } catch (FailureException e) {
                    String doing = "error when applying \"" + manifest.source() + "\": ";
                    session.err().println(Errors.describe(e.failure(), doing));
                    complete = false;
                }
            }
            session.out().flush();
            if (wait.asked() && dry == DryRun.NO && !keys.isEmpty()) {
                wait.on(client).until(written, keys);
            }
            return complete ? 0 : 1;
        }
    }

    /** Returns the frontier with this write. */
    private Frontier apply(WeirClient client, Manifest manifest, Frontier after, DryRun dry) {
        Message object = manifest.object();
        ObjectMeta metadata = Resource.metadata(object);
        Optional<Message> existing =
                client.find(manifest.kind(), metadata.getNamespace(), metadata.getName(), after);
        if (dry == DryRun.CLIENT) {
            say(
                    object,
                    existing.map(old -> same(old, object) ? "unchanged" : "configured")
                            .orElse("created"),
                    dry);
            return after;
        }
        WriteOptions options = new WriteOptions(after, dry == DryRun.SERVER, 0);
        if (existing.isEmpty()) {
            try {
                Written created = client.create(object, options);
                say(object, "created", dry);
                warn(created.object());
                return ProgrammedWait.with(after, created.commit());
            } catch (FailureException e) {
                if (e.failure().reason() != Failure.Reason.ALREADY_EXISTS) {
                    throw e;
                }
            }
        }
        Written updated = client.update(object, replaced(object), options);
        say(object, updated.changed() ? "configured" : "unchanged", dry);
        warn(updated.object());
        return ProgrammedWait.with(after, updated.commit());
    }

    private void say(Manifest manifest, String done, DryRun dry) {
        String name = Resource.metadata(manifest.object()).getName();
        session.out()
                .println(
                        Resource.typeName(manifest.kind())
                                + "/"
                                + name
                                + " "
                                + done
                                + dry.suffix());
    }

    private void say(Message object, String done, DryRun dry) {
        session.out().println(Resource.nameOf(object) + " " + done + dry.suffix());
    }

    /** What was accepted and yet does nothing until the cluster is told otherwise. */
    private void warn(Message answer) {
        if (answer instanceof Service service) {
            service.getStatus().getConditionsList().stream()
                    .filter(condition -> condition.getType().equals("ExternalIPsProgrammed"))
                    .filter(condition -> condition.getStatus().equals("False"))
                    .forEach(
                            condition ->
                                    session.err().println("Warning: " + condition.getMessage()));
        }
    }

    /** Labels, annotations, and all that is neither metadata nor status. */
    static List<String> replaced(Message object) {
        List<String> fields = new ArrayList<>(List.of("metadata.labels", "metadata.annotations"));
        desired(object).forEach(field -> fields.add(field.getName()));
        return fields;
    }

    private static List<FieldDescriptor> desired(Message object) {
        return object.getDescriptorForType().getFields().stream()
                .filter(field -> !List.of("metadata", "status").contains(field.getName()))
                .toList();
    }

    static boolean same(Message old, Message wanted) {
        ObjectMeta before = Resource.metadata(old);
        ObjectMeta after = Resource.metadata(wanted);
        return before.getLabelsMap().equals(after.getLabelsMap())
                && before.getAnnotationsMap().equals(after.getAnnotationsMap())
                && desired(wanted).stream()
                        .allMatch(f -> old.getField(f).equals(wanted.getField(f)));
    }
}
