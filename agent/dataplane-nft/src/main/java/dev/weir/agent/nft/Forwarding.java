package dev.weir.agent.nft;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The kernel settings without which a node forwards nothing. To be called in the network namespace
 * that they are meant for: /proc/sys/net shows that of the calling thread.
 */
final class Forwarding {
    private static final Path V4 = Path.of("/proc/sys/net/ipv4");
    private static final Path V6 = Path.of("/proc/sys/net/ipv6/conf");

    private Forwarding() {}

    static void enable() throws IOException {
        write(V4.resolve("ip_forward"), "1");
        // A pod that reaches itself through a Service goes in and out by one interface.
        write(V4.resolve("conf/all/send_redirects"), "0");
        write(V4.resolve("conf/default/send_redirects"), "0");
        if (!Files.exists(V6)) {
            return;
        }
        // A router ignores router advertisements unless told so by 2, and would lose its default
        // route.
        try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(V6)) {
            for (Path link : interfaces) {
                Path accept = link.resolve("accept_ra");
                if (!link.endsWith("all") && read(accept).equals("1")) {
                    write(accept, "2");
                }
            }
        }
        write(V6.resolve("all/forwarding"), "1");
    }

    private static String read(Path path) throws IOException {
        try {
            return Files.readString(path).strip();
        } catch (NoSuchFileException e) {
            return ""; // the interface is gone meanwhile
        }
    }

    private static void write(Path path, String value) throws IOException {
        if (!read(path).equals(value)) {
            Files.writeString(path, value);
        }
    }
}
