package dev.weir.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A process, told from a later one that was given the same number.
 *
 * @param started clock ticks between boot and its start: field 22 of /proc/PID/stat
 */
public record RunningProcess(long pid, long started) {
    private static final Duration POLL = Duration.ofMillis(5);

    /** Empty when there is no such process, or only a zombie of it. */
    public static Optional<RunningProcess> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The command, in parentheses, may hold anything; the fields after it are numbers.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(new RunningProcess(pid, Long.parseLong(fields[19])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    public boolean alive() {
        return of(pid).equals(Optional.of(this));
    }

    /** Asks it to end, and ends it when it has not by then. Returns when it is gone. */
    public void end(Duration patience) throws InterruptedException {
        signal(false);
        if (!awaitEnd(patience)) {
            kill();
        }
    }

    /** Ends it at once. Returns when it is gone, or after five seconds. */
    public void kill() throws InterruptedException {
        signal(true);
        awaitEnd(Duration.ofSeconds(5));
    }

    /** False when it still runs after this long. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (alive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(POLL);
        }
        return true;
    }

    private void signal(boolean force) {
        ProcessHandle.of(pid)
                .filter(handle -> alive())
                .ifPresent(
                        handle -> {
                            boolean sent = force ? handle.destroyForcibly() : handle.destroy();
                            assert sent || !alive() : "signal not sent to " + pid;
                        });
    }
}
