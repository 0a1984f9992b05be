package dev.weir.agent.cni;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A throw-away network namespace; skips the test where making one is not allowed. */
public final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    private TestNamespace(String name) {
        this.name = name;
    }

    public static TestNamespace create() throws IOException, InterruptedException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
        String name = "wt-cni-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        exec("ip", "netns", "add", name);
        return new TestNamespace(name);
    }

    /** A node: loopback up, and a link "up0" to nowhere that has the addresses. */
    public static TestNamespace node(String... addresses) throws IOException, InterruptedException {
        TestNamespace node = create();
        node.run("ip", "link", "set", "lo", "up");
        node.run("ip", "link", "add", "up0", "mtu", "1400", "type", "veth", "peer", "name", "up1");
        node.run("ip", "link", "set", "up0", "up");
        node.run("ip", "link", "set", "up1", "up");
        for (String address : addresses) {
            node.address("up0", address);
        }
        return node;
    }

    public void address(String link, String address) throws IOException, InterruptedException {
        if (address.contains(":")) {
            run("ip", "addr", "add", address, "dev", link, "nodad");
        } else {
            run("ip", "addr", "add", address, "dev", link);
        }
    }

    public String name() {
        return name;
    }

    public String path() {
        return Path.of("/run/netns", name).toString();
    }

    public NetworkNamespace namespace() {
        return NetworkNamespace.named(name);
    }

    /** Runs a command inside and returns its output. */
    public String run(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + path(), "--"));
        all.addAll(List.of(words));
        return exec(all.toArray(String[]::new));
    }

    /** One echo, answered within a second; throws otherwise. */
    public void ping(Object address) throws IOException, InterruptedException {
        run("ping", "-n", "-c", "1", "-W", "1", address.toString());
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
