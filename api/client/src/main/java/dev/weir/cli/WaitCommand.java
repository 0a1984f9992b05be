package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.client.WeirClient;
import dev.weir.model.Manifests;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits for a condition of objects, for their end, or for the nodes. */
@Command(name = "wait", description = "wait for a condition, a deletion, or the nodes")
final class WaitCommand implements Callable<Integer> {
    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "condition=TYPE[=VALUE]|delete|programmed",
            description = "what to wait for")
    private String condition = "";

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "30s")
    private String timeout = "30s";

    @Parameters(paramLabel = "TYPE/NAME...", arity = "0..*")
    private List<String> words = List.of();

    WaitCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Duration limit = Durations.parse(timeout);
        try (WeirClient client = session.client(connect)) {
            if (condition.equals("programmed")) {
                return programmed(client, limit);
            }
            boolean allMet = true;
            for (Resource resource : Resource.parse(words)) {
                if (resource.name().isEmpty()) {
                    throw new CliError("resource name must be provided: TYPE/NAME");
                }
                allMet &= met(client, resource, limit);
            }
            return allMet ? 0 : 1;
        }
    }

    private int programmed(WeirClient client, Duration limit) {
        ProgrammedWait wait = new ProgrammedWait(client, false, limit);
        if (words.isEmpty()) {
            wait.until(Frontier.of(client.status().getHead()), List.of());
            session.out().println("programmed condition met");
            return 0;
        }
        for (Resource resource : Resource.parse(words)) {
            String name =
                    resource.name().orElseThrow(() -> new CliError("name one object: TYPE/NAME"));
            Message object = client.get(resource.kind(), namespace.of(resource.kind()), name);
            long revision = Long.parseLong(Resource.metadata(object).getResourceVersion());
            String logId = client.status().getHead().getLogId();
            wait.until(
                    Frontier.of(logId, resource.kind().shard(), revision),
                    List.of(resource.kind().key(namespace.orDefault(), name)));
            session.out().println(Resource.nameOf(object) + " condition met");
        }
        return 0;
    }

    /** False when the time was over. Deletion of what is not there is met, without a word. */
    private boolean met(WeirClient client, Resource resource, Duration limit) {
        String name = resource.name().orElseThrow();
        String in = namespace.of(resource.kind());
        ObjectWait wait = new ObjectWait(client, resource.kind(), in, name, limit);
        boolean met;
        Message object;
        if (condition.toLowerCase(Locale.ROOT).equals("delete")) {
            var found = client.find(resource.kind(), in, name, Frontier.EMPTY);
            if (found.isEmpty()) {
                return true;
            }
            object = found.get();
            met = wait.untilGone();
        } else {
            Predicate<Message> holds = condition();
            object = client.get(resource.kind(), in, name);
            met = wait.until(holds);
        }
        if (met) {
            session.out().println(Resource.nameOf(object) + " condition met");
        } else {
            String what = resource.kind().plural() + "/" + name;
            session.err().println("error: timed out waiting for the condition on " + what);
        }
        return met;
    }

    /**
     * Reads {@code condition=Ready}, {@code condition=Ready=False}; types and values in any case.
     */
    private Predicate<Message> condition() {
        if (!condition.startsWith("condition=")) {
            throw new CliError("unrecognized condition: \"" + condition + "\"");
        }
        String[] parts = condition.substring("condition=".length()).split("=", 2);
        String value = parts.length == 2 ? parts[1] : "true";
        return object ->
                PathStep.walk(PathStep.parse(".status.conditions[*]"), Manifests.tree(object))
                        .stream()
                        .map(found -> (Map<?, ?>) found)
                        .anyMatch(
                                found ->
                                        parts[0].equalsIgnoreCase(String.valueOf(found.get("type")))
                                                && value.equalsIgnoreCase(
                                                        String.valueOf(found.get("status"))));
    }
}
