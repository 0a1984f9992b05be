package dev.weir.agent.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A throw-away network namespace with loopback up; skips the test where that is not allowed. */
final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private TestNamespace(String name) {
        this.name = name;
    }

    static TestNamespace create() throws IOException, InterruptedException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
        String name = "wt-linux-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        exec("ip", "netns", "add", name);
        exec("ip", "-n", name, "link", "set", "lo", "up");
        return new TestNamespace(name);
    }

    NetworkNamespace namespace() {
        return NetworkNamespace.named(name);
    }

    String name() {
        return name;
    }

    static String exec(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(words)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", words) + ": " + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        exec("ip", "netns", "del", name);
    }
}
