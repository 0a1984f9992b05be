package dev.weir.cli;

import dev.weir.client.ServerAddress;
import dev.weir.client.ServerUnreachableException;
import dev.weir.client.Servers;
import dev.weir.client.WeirClient;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A standalone control plane in the background: starts it, and waits until it answers. */
public final class ControlPlane {
    /** From start to the first answer; a machine with other work takes a few seconds. */
    public static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(20);

    private ControlPlane() {}

    /**
     * @param state where it keeps its log
     * @param socket where it listens
     */
    public static RunningProcess start(
            Launcher launcher, Path state, Path socket, Map<String, String> settings, Path log)
            throws IOException {
        Files.createDirectories(state);
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("weir.data", state.toString());
        all.put("weir.listen", new ServerAddress.Unix(socket).toString());
        return Launcher.startDetached(launcher.command("standalone", all), log);
    }

    /** Throws CliError when it ends, or does not answer in time. */
    public static void awaitAnswer(RunningProcess process, Path socket, Path log)
            throws InterruptedException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!answers(socket)) {
            if (!process.alive()) {
                throw new CliError("the control plane ended while starting, see " + log);
            }
            if (System.nanoTime() > deadline) {
                throw new CliError(
                        "the control plane does not answer after "
                                + Durations.show(START_TIMEOUT)
                                + ", see "
                                + log);
            }
            Thread.sleep(POLL);
        }
    }

    /** True when a server at this socket serves reads. */
    public static boolean answers(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (WeirClient client =
                WeirClient.to(Servers.of(new ServerAddress.Unix(socket)), Duration.ofSeconds(2))) {
            client.get(Kinds.NAMESPACE, "", NamespaceOptions.DEFAULT);
            return true;
        } catch (ServerUnreachableException | FailureException e) {
            return false;
        }
    }

    /** Writes a small file whole: a reader sees the old or the new text. */
    public static void writeFile(Path file, String text) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
