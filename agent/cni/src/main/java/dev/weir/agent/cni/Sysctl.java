package dev.weir.agent.cni;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Settings below {@code /proc/sys/net} of one network namespace. */
final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys/net");

    private Sysctl() {}

    /**
     * Writes those that differ: the tree may be read-only and right. A setting that the kernel
     * lacks is left out.
     */
    static void set(NetworkNamespace namespace, Map<String, String> values)
            throws IOException, InterruptedException {
        namespace.call(
                () -> {
                    for (Map.Entry<String, String> entry : values.entrySet()) {
                        Path file = ROOT.resolve(entry.getKey());
                        if (Files.exists(file)
                                && !Files.readString(file).strip().equals(entry.getValue())) {
                            Files.writeString(file, entry.getValue());
                        }
                    }
                    return values;
                });
    }

    /**
     * Makes the namespace a router. Interfaces that learn from router advertisements go on doing
     * so, which routers by default do not.
     */
    static void forward(NetworkNamespace namespace) throws IOException, InterruptedException {
        namespace.call(
                () -> {
                    Path interfaces = ROOT.resolve("ipv6/conf");
                    if (Files.isDirectory(interfaces)) {
                        try (var each = Files.newDirectoryStream(interfaces)) {
                            for (Path one : each) {
                                keepLearning(one);
                            }
                        }
                    }
                    return interfaces;
                });
        set(namespace, Map.of("ipv4/ip_forward", "1", "ipv6/conf/all/forwarding", "1"));
    }

    private static void keepLearning(Path configuration) throws IOException {
        String name = configuration.getFileName().toString();
        Path acceptRa = configuration.resolve("accept_ra");
        boolean real = !name.equals("all") && !name.equals("default") && !name.equals("lo");
        boolean forwards =
                Files.readString(configuration.resolve("forwarding")).strip().equals("1");
        if (real && !forwards && Files.readString(acceptRa).strip().equals("1")) {
            Files.writeString(acceptRa, "2");
        }
    }
}
