package dev.weir.cli;

import dev.weir.client.WeirClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a write waits for the nodes. */
final class WaitOptions {
    @Option(
            names = "--wait",
            paramLabel = "all|reachable",
            description = "return when every node, or every reachable one, carries the change")
    @Nullable String wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "60s",
            description = "for --wait; default: 60s")
    String timeout = "60s";

    boolean asked() {
        return wait != null && !wait.equals("false");
    }

    /** Throws CliError for a value that means nothing. */
    void check() {
        if (wait != null
                && !java.util.List.of("all", "true", "false", "reachable").contains(wait)) {
            throw new CliError(
                    "invalid argument \"" + wait + "\" for --wait: give none, or reachable");
        }
        Durations.parse(timeout);
    }

    ProgrammedWait on(WeirClient client) {
        return new ProgrammedWait(client, "reachable".equals(wait), Durations.parse(timeout));
    }
}
