package dev.weir.agent;

import dev.weir.broker.ForkedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker that writers reach directly, and agents only over a wire: each of its two listeners
 * tells its clients to come back the same way.
 */
final class WiredBroker implements AutoCloseable {
    private final Path data;
    private final Path kept;
    private final Wire wire;
    private final ForkedBroker broker;

    private WiredBroker(Path data, Path kept, Wire wire, ForkedBroker broker) {
        this.data = data;
        this.kept = kept;
        this.wire = wire;
        this.broker = broker;
    }

    static WiredBroker start(Path directory) throws IOException {
        List<Integer> ports = freePorts(3);
        InetSocketAddress direct = loopback(ports.get(0));
        InetSocketAddress wired = loopback(ports.get(1));
        int controller = ports.get(2);
        Wire wire = Wire.to(() -> wired);
        Map<String, String> settings =
                Map.of(
                        "listeners",
                        "PLAINTEXT://127.0.0.1:%d,WIRED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                .formatted(direct.getPort(), wired.getPort(), controller),
                        "advertised.listeners",
                        "PLAINTEXT://127.0.0.1:%d,WIRED://127.0.0.1:%d"
                                .formatted(direct.getPort(), wire.port()),
                        "listener.security.protocol.map",
                        "PLAINTEXT:PLAINTEXT,WIRED:PLAINTEXT,CONTROLLER:PLAINTEXT",
                        "inter.broker.listener.name",
                        "PLAINTEXT",
                        "controller.quorum.voters",
                        "1@127.0.0.1:" + controller,
                        // Compacts at once what may be compacted.
                        "log.cleaner.backoff.ms",
                        "50");
        Path data = directory.resolve("broker");
        return new WiredBroker(
                data,
                directory.resolve("kept"),
                wire,
                ForkedBroker.start(data, settings, direct, System.getProperty("java.class.path")));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress("127.0.0.1", port);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        ServerSocket[] sockets = new ServerSocket[count];
        try {
            for (int i = 0; i < count; i++) {
                sockets[i] = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
            }
            return Stream.of(sockets).map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    Wire wire() {
        return wire;
    }

    /** For writers. */
    String direct() {
        return broker.bootstrap();
    }

    /** For agents. */
    String wired() {
        return "127.0.0.1:" + wire.port();
    }

    /** As after SIGKILL. */
    void restart() {
        broker.restart();
    }

    void kill() {
        broker.kill();
    }

    /** Makes a backup of everything. */
    void keep() {
        broker.kill();
        copy(data, kept);
        broker.restart();
    }

    /** Restores the backup. */
    void bringBack() throws IOException {
        broker.kill();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        copy(kept, data);
        broker.restart();
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        broker.close();
        wire.close();
    }
}
