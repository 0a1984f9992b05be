package dev.weir.lab.demo;

import dev.weir.cli.CliError;
import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Requests of the host outside that go on until they are ended; a line for each answer. */
final class Load implements AutoCloseable {
    /** More requests than a demo has time for. */
    static final int ENDLESS = 10_000_000;

    private static final int LIMIT_SECONDS = 10;

    private final Process process;
    private final StringBuilder lines = new StringBuilder();
    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread reader = Thread.ofVirtual().unstarted(this::read);

    Load(RunningLab lab, List<String> command) throws IOException {
        process = lab.openOutside(command);
        reader.start();
    }

    private void read() {
        try (var input = process.inputReader()) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                synchronized (lines) {
                    lines.append(line).append('\n');
                }
                first.countDown();
            }
        } catch (IOException ended) {
            // What came until then counts.
        }
    }

    void awaitFirst() throws InterruptedException {
        if (!first.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new CliError("demo: no answer within " + LIMIT_SECONDS + "s");
        }
    }

    /** All answers; the one that was under way at the end is none. */
    Requests end() throws InterruptedException {
        close();
        synchronized (lines) {
            return Requests.read(lines.substring(0, lines.lastIndexOf("\n") + 1));
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }
}
