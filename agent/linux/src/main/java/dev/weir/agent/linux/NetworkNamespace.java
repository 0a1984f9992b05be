package dev.weir.agent.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A network namespace by the path of its file, such as {@code /run/netns/NAME} or {@code
 * /proc/PID/ns/net}.
 *
 * <p>Work runs on a platform thread of its own that is thrown away afterwards: setns concerns one
 * thread, and threads and processes that it starts inherit its namespace. Sockets opened inside
 * keep the namespace and may be used by any thread. Never start thread pools inside.
 */
public record NetworkNamespace(Path path) {
    /** Longest time for work inside a namespace; opening sockets takes microseconds. */
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofSeconds(30);

    /** The namespace this process started in. */
    public static NetworkNamespace own() {
        return new NetworkNamespace(Path.of("/proc/self/ns/net"));
    }

    public static NetworkNamespace named(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".")) {
            throw new IllegalArgumentException("network namespace name \"" + name + "\"");
        }
        return new NetworkNamespace(Path.of("/run/netns", name));
    }

    public <T> T call(Callable<T> work) throws IOException, InterruptedException {
        return call(work, DEFAULT_TIME_LIMIT);
    }

    /**
     * Runs {@code work} inside and returns its result.
     *
     * @throws IOException if the namespace cannot be entered, if the work throws one, or (its cause
     *     is a TimeoutException) if the work is not done in time
     */
    public <T> T call(Callable<T> work, Duration timeLimit)
            throws IOException, InterruptedException {
        FutureTask<T> task =
                new FutureTask<>(
                        () -> {
                            enter();
                            return work.call();
                        });
        Thread.ofPlatform().name("netns " + path).daemon().start(task);
        try {
            return task.get(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                case null, default -> throw new IOException("work in " + path, e.getCause());
            }
        } catch (TimeoutException e) {
            task.cancel(true);
            throw new IOException("work in " + path + " took over " + timeLimit, e);
        }
    }

    private void enter() throws IOException {
        int fd = Libc.openReadOnly(path.toString());
        try {
            Libc.setns(fd, Libc.CLONE_NEWNET);
        } finally {
            Libc.close(fd);
        }
    }
}
