package dev.weir.bench;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A pod, its node, and another host that has all endpoints: what is between them is the node's
 * namespace, with whatever rules are put there.
 */
final class Wire implements AutoCloseable {
    private static final String GATEWAY4 = "169.254.1.1";
    private static final String GATEWAY6 = "fe80::1";
    private static final String LOWER = "02:00:00:00:00:01";
    private static final String UPPER = "02:00:00:00:00:02";

    /** A pod's, as the CNI plug-in names them. */
    private static final String POD_LINK = "weir000000000a";

    private static final int BACKLOG = 1024;
    private static final int PATIENCE_MILLIS = 3_000;

    private final String node;
    private final NetworkNamespace client;
    private final Selector selector;
    private final Thread server;

    private Wire(String node, NetworkNamespace client, Selector selector) {
        this.node = node;
        this.client = client;
        this.selector = selector;
        this.server = Thread.ofPlatform().name("server").daemon().start(this::serve);
    }

    static Wire make(Workplace place) throws IOException, InterruptedException {
        String node = place.namespace("node");
        String pod = place.namespace("pod");
        String host = place.namespace("host");
        place.ip(
                node,
                List.of(
                        "link add " + POD_LINK + " type veth peer name eth0 netns " + pod,
                        "link set " + POD_LINK + " address " + LOWER + " up",
                        "link add up0 type veth peer name eth0 netns " + host,
                        "link set up0 up"));
        place.ip(pod, List.of("link set eth0 address " + UPPER + " up"));
        place.ip(host, List.of("link set eth0 up"));
        for (Family family : Family.values()) {
            address(place, family, node, pod, host);
        }
        List<String> forward =
                List.of(
                        "sysctl",
                        "-q",
                        "-w",
                        "net.ipv4.ip_forward=1",
                        "net.ipv6.conf.all.forwarding=1");
        place.run(Workplace.inside(node, forward), "");
        Selector selector = NetworkNamespace.named(host).call(Wire::listen);
        return new Wire(node, NetworkNamespace.named(pod), selector);
    }

    private static void address(
            Workplace place, Family family, String node, String pod, String host)
            throws IOException, InterruptedException {
        boolean v6 = family == Family.IPV6;
        String client = family.client() + (v6 ? "/128" : "/32");
        String gateway = v6 ? GATEWAY6 : GATEWAY4;
        String anywhere = v6 ? "::/0" : "0.0.0.0/0";
        String link = "/" + family.link() + (v6 ? " dev %s nodad" : " dev %s");
        place.ip(
                pod,
                List.of(
                        "addr add " + client + " dev eth0" + (v6 ? " nodad" : ""),
                        "neigh add " + gateway + " lladdr " + LOWER + " dev eth0 nud permanent",
                        "route add " + gateway + " dev eth0",
                        "route add " + anywhere + " via " + gateway + " dev eth0"));
        place.ip(
                host,
                List.of(
                        "addr add " + family.host() + link.formatted("eth0"),
                        "route add " + anywhere + " via " + family.node(),
                        "route add " + client + " via " + family.node(),
                        "route add local " + family.pods() + " dev lo table main"));
        place.ip(
                node,
                List.of(
                        "addr add " + family.node() + link.formatted("up0"),
                        "route add " + client + " dev " + POD_LINK,
                        "neigh add %s lladdr %s dev %s nud permanent"
                                .formatted(family.client(), UPPER, POD_LINK),
                        "route add " + family.pods() + " via " + family.host(),
                        "route add " + anywhere + " via " + family.host()));
    }

    /** Where rules go. */
    String node() {
        return node;
    }

    private static Selector listen() throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(ServiceSet.TARGET), BACKLOG);
        socket.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        return selector;
    }

    private void serve() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(16);
        try {
            while (selector.isOpen()) {
                selector.select(key -> answer(key, bytes));
            }
        } catch (IOException | java.nio.channels.ClosedSelectorException _) {
            // It was closed.
        }
    }

    private void answer(SelectionKey key, ByteBuffer bytes) {
        try {
            if (key.channel() instanceof ServerSocketChannel listening) {
                SocketChannel accepted = listening.accept();
                if (accepted != null) {
                    accepted.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                }
            } else if (key.channel() instanceof SocketChannel connection) {
                try {
                    if (connection.read(bytes.clear()) > 0) {
                        int written = connection.write(bytes.flip());
                        assert written > 0 : "a byte always finds room";
                    } else {
                        connection.close();
                    }
                } catch (IOException _) {
                    // Clients end connections by a reset.
                    connection.close();
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * How long connections took, in microseconds.
     *
     * @param rate connections a second
     * @param cpu of the client's thread for each, with most of the packets' way through the kernel
     */
    record Connections(double rate, double cpu, double p50, double p99) {}

    /**
     * Connects from the pod again and again, one connection after the other, each with a byte there
     * and a byte back, closed by a reset.
     *
     * @param direct to the endpoints themselves, not through Services
     */
    Connections connect(ServiceSet set, boolean direct, Duration time, Random random)
            throws IOException, InterruptedException {
        return client.call(
                () -> {
                    double[] micros = new double[1 << 20];
                    int count = 0;
                    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
                    long cpu = threads.getCurrentThreadCpuTime();
                    long start = System.nanoTime();
                    long end = start + time.toNanos();
                    ByteBuffer bytes = ByteBuffer.allocateDirect(1);
                    long now = start;
                    while (now < end && count < micros.length) {
                        InetSocketAddress at = target(set, direct, random);
                        long before = System.nanoTime();
                        once(at, bytes);
                        now = System.nanoTime();
                        micros[count++] = (now - before) / 1e3;
                    }
                    double[] sample = Arrays.copyOf(micros, count);
                    return new Connections(
                            count / ((now - start) / 1e9),
                            (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / count,
                            Quantile.of(sample, 0.5),
                            Quantile.of(sample, 0.99));
                });
    }

    private static InetSocketAddress target(ServiceSet set, boolean direct, Random random) {
        int service = random.nextInt(set.size().services());
        int endpoint = random.nextInt(set.size().endpoints());
        return direct
                ? new InetSocketAddress(
                        set.endpoint(service, endpoint).toInetAddress(), ServiceSet.TARGET)
                : new InetSocketAddress(set.address(service).toInetAddress(), ServiceSet.PORT);
    }

    private static void once(InetSocketAddress at, ByteBuffer bytes) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
            channel.socket().connect(at, PATIENCE_MILLIS);
            int written = channel.write(bytes.clear());
            if (written != 1 || channel.read(bytes.clear()) != 1) {
                throw new IOException("no answer from " + at);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        List<SelectionKey> keys = List.copyOf(selector.keys());
        selector.close();
        server.join();
        for (SelectionKey key : keys) {
            key.channel().close();
        }
    }
}
