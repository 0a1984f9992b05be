package dev.weir.bench;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.cli.CliError;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Pods of a lab that answer: each byte that comes, over TCP or in a datagram, with the pod's
 * number. They serve on all ports all the time; whether a Service leads there is another matter.
 */
final class LivePods implements AutoCloseable {
    private static final List<String> COMMAND = List.of("sleep", "infinity");

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final List<Server> servers = new ArrayList<>();

    /** A pod with its addresses, IPv4 first. */
    private record Server(List<IpAddress> addresses, Selector selector, Thread thread) {}

    /** Starts pods, in turn on each node. */
    static LivePods start(BenchLab lab, int nodes, int count, List<Integer> ports)
            throws IOException, InterruptedException {
        LivePods pods = new LivePods();
        try {
            for (int pod = 0; pod < count; pod++) {
                pods.start(lab, BenchLab.node(pod % nodes + 1), pod, ports);
            }
            return pods;
        } catch (IOException | RuntimeException | InterruptedException e) {
            pods.close();
            throw e;
        }
    }

    private void start(BenchLab lab, String node, int number, List<Integer> ports)
            throws IOException, InterruptedException {
        String name = "live-" + number;
        List<IpAddress> addresses = begin(lab, name, node);
        Path namespace = lab.inside().pod(Manifest.NAMESPACE, name);
        Selector selector = new NetworkNamespace(namespace).call(() -> listen(ports));
        Thread thread =
                Thread.ofPlatform().name(name).daemon().unstarted(() -> serve(selector, number));
        servers.add(new Server(addresses, selector, thread));
        thread.start();
    }

    /** Starts a pod that does nothing by itself; its addresses, IPv4 first. */
    static List<IpAddress> begin(BenchLab lab, String name, String node)
            throws IOException, InterruptedException {
        lab.lab().begin(name, node, Map.of("live", "yes"), COMMAND);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            List<String> addresses = lab.lab().addresses(name);
            if (addresses.size() == 2) {
                return addresses.stream().map(IpAddress::of).toList();
            }
            if (System.nanoTime() > deadline) {
                throw new CliError(
                        "pod " + name + " has no addresses of both families in its status");
            }
            Thread.sleep(20);
        }
    }

    private static Selector listen(List<Integer> ports) throws IOException {
        Selector selector = Selector.open();
        for (int port : ports) {
            ServerSocketChannel tcp = ServerSocketChannel.open();
            tcp.bind(new InetSocketAddress(port), 1024);
            tcp.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            DatagramChannel udp = DatagramChannel.open();
            udp.bind(new InetSocketAddress(port));
            udp.configureBlocking(false).register(selector, SelectionKey.OP_READ);
        }
        return selector;
    }

    private static void serve(Selector selector, int number) {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        try {
            while (selector.isOpen()) {
                selector.select(
                        key -> answer(selector, key, bytes, number), LONGEST_WAIT.toMillis());
            }
        } catch (IOException | java.nio.channels.ClosedSelectorException _) {
            // It was closed.
        }
    }

    private static void answer(Selector selector, SelectionKey key, ByteBuffer bytes, int number) {
        try {
            switch (key.channel()) {
                case ServerSocketChannel listening -> {
                    SocketChannel client = listening.accept();
                    if (client != null) {
                        client.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                    }
                }
                case SocketChannel client -> {
                    int count = client.read(bytes.clear());
                    if (count < 0) {
                        client.close();
                    } else {
                        int written = client.write(answer(bytes, count, number));
                        assert written == count : "a byte always finds room";
                    }
                }
                case DatagramChannel socket -> {
                    SocketAddress from = socket.receive(bytes.clear());
                    if (from != null) {
                        socket.send(answer(bytes, 1, number), from);
                    }
                }
                default -> throw new IllegalStateException(key.channel().toString());
            }
        } catch (IOException _) {
            // The client has gone, which is its right.
            close(key);
        }
    }

    private static ByteBuffer answer(ByteBuffer bytes, int count, int number) {
        bytes.clear();
        for (int i = 0; i < count; i++) {
            bytes.put((byte) number);
        }
        return bytes.flip();
    }

    private static void close(SelectionKey key) {
        if (key.channel() instanceof SocketChannel client) {
            try {
                client.close();
            } catch (IOException _) {
                // It is of no use any more.
            }
        }
    }

    int count() {
        return servers.size();
    }

    List<Integer> numbers() {
        return IntStream.range(0, servers.size()).boxed().toList();
    }

    IpAddress address(int number, boolean v6) {
        return servers.get(number).addresses().get(v6 ? 1 : 0);
    }

    /** Ends the servers; the pods go with the lab. */
    @Override
    public void close() throws IOException, InterruptedException {
        for (Server server : servers) {
            List<SelectionKey> keys = List.copyOf(server.selector().keys());
            server.selector().close();
            server.thread().join(LONGEST_WAIT);
            for (SelectionKey key : keys) {
                key.channel().close();
            }
        }
    }
}
