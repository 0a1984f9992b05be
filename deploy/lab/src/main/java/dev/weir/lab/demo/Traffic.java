package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Requests from a pod that go on until closed. */
final class Traffic implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;

    Traffic(RunningLab lab, Scripts scripts, String pod, String host, int port, double millis)
            throws IOException {
        process = lab.start(pod, scripts.client(host, port, "--forever", millis));
        reader = Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader input = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                lines.add(line);
            }
        } catch (IOException closed) {
            // The process was ended.
        }
    }

    /** The next answer; {@code failed: ...} when there is none for ten seconds. */
    String next() throws InterruptedException {
        String line = lines.poll(10, TimeUnit.SECONDS);
        return line == null ? "failed: the client is silent" : line;
    }

    /** Forgets what came until now. */
    void skip() {
        lines.clear();
    }

    /** All answers until now; ends the client. */
    Requests end() throws InterruptedException {
        close();
        List<String> all = new ArrayList<>();
        lines.drainTo(all);
        return Requests.read(String.join("\n", all));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }
}
