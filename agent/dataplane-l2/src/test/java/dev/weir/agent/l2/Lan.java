package dev.weir.agent.l2;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.l2.wire.ArpFrame;
import dev.weir.agent.l2.wire.Mac;
import dev.weir.agent.l2.wire.NeighborFrame;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.PacketSocket;
import dev.weir.agent.linux.PacketSocket.Protocol;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Three nodes and a client, a network namespace each, on one bridge: real frames, no others. */
final class Lan implements AutoCloseable {
    static final List<String> NODES = List.of("node-1", "node-2", "node-3");
    private static final String CLIENT = "client";
    private static final String LINK = "eth0";

    /** For answers; all who could give one are on this machine. */
    private static final Duration ANSWERS = Duration.ofMillis(100);

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String prefix =
            "wt-l2-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final Map<String, L2DataPlane> planes = new LinkedHashMap<>();
    private boolean built;

    static Lan create() throws IOException, InterruptedException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
        Lan lan = new Lan();
        try {
            lan.build();
            return lan;
        } catch (IOException | InterruptedException e) {
            lan.close();
            throw e;
        }
    }

    private void build() throws IOException, InterruptedException {
        exec("ip netns add " + name("switch"));
        built = true;
        exec("ip -n " + name("switch") + " link add br0 type bridge");
        exec("ip -n " + name("switch") + " link set br0 up");
        for (String host : hosts()) {
            exec("ip netns add " + name(host));
            String at = "ip -n " + name(host) + " ";
            exec(at + "link add eth0 type veth peer name " + host + " netns " + name("switch"));
            exec("ip -n " + name("switch") + " link set " + host + " master br0 up");
            exec(at + "link set eth0 address " + mac(host) + " up");
            exec(at + "addr add " + address(host, false) + "/24 dev eth0");
            exec(at + "addr add " + address(host, true) + "/64 dev eth0 nodad");
        }
    }

    private static List<String> hosts() {
        return List.of("node-1", "node-2", "node-3", CLIENT);
    }

    private String name(String host) {
        return prefix + "-" + host;
    }

    NetworkNamespace namespace(String host) {
        return NetworkNamespace.named(name(host));
    }

    private static int number(String host) {
        return 1 + hosts().indexOf(host);
    }

    static IpAddress address(String host, boolean v6) {
        return IpAddress.of((v6 ? "2001:db8::" : "192.0.2.") + number(host));
    }

    static Mac mac(String host) {
        return new Mac(0x0200_0000_0000L + number(host));
    }

    /** The node with this address on the link. */
    static String nodeOf(Mac mac) {
        return hosts().get((int) (mac.value() & 0xff) - 1);
    }

    L2DataPlane start(String node) {
        NodeSettings settings =
                new NodeSettings(
                        node,
                        List.of(address(node, false), address(node, true)),
                        List.of(),
                        List.of());
        L2DataPlane plane = L2DataPlaneProvider.open(settings, namespace(node));
        planes.put(node, plane);
        return plane;
    }

    L2DataPlane plane(String node) {
        return Optional.ofNullable(planes.get(node)).orElseThrow();
    }

    /** As if the host lost its power: nothing of it reaches the others any more. */
    void unplug(String host) throws IOException, InterruptedException {
        exec("ip -n " + name("switch") + " link set " + host + " down");
    }

    /** As somebody would by hand; the kernel forgets the IPv6 addresses of an interface. */
    void down(String host) throws IOException, InterruptedException {
        exec("ip -n " + name(host) + " link set eth0 down");
    }

    void up(String host) throws IOException, InterruptedException {
        exec("ip -n " + name(host) + " link set eth0 up");
        exec("ip -n " + name(host) + " addr add " + address(host, true) + "/64 dev eth0 nodad");
    }

    /** Asks the whole link where the addresses are: everybody who says that he has it, for each. */
    Map<IpAddress, Set<String>> whoHas(Collection<IpAddress> addresses)
            throws IOException, InterruptedException {
        Map<IpAddress, Set<String>> answers = new TreeMap<>();
        addresses.forEach(address -> answers.put(address, new TreeSet<>()));
        for (boolean v6 : List.of(false, true)) {
            ask(answers, v6);
        }
        return answers;
    }

    private void ask(Map<IpAddress, Set<String>> answers, boolean v6)
            throws IOException, InterruptedException {
        Protocol protocol = v6 ? Protocol.NEIGHBOR_DISCOVERY : Protocol.ARP;
        int link = link(CLIENT);
        try (PacketSocket socket =
                namespace(CLIENT).call(() -> PacketSocket.open(link, protocol, ANSWERS))) {
            for (IpAddress address : answers.keySet()) {
                if (address.v6() == v6) {
                    socket.send(question(address));
                }
            }
            long end = System.nanoTime() + ANSWERS.toNanos();
            while (System.nanoTime() < end) {
                socket.receive()
                        .flatMap(frame -> v6 ? advertised(frame) : replied(frame))
                        .ifPresent(
                                found ->
                                        answers.computeIfPresent(
                                                found.getKey(),
                                                (address, nodes) -> {
                                                    nodes.add(nodeOf(found.getValue()));
                                                    return nodes;
                                                }));
            }
        }
    }

    private static byte[] question(IpAddress address) {
        IpAddress client = address(CLIENT, address.v6());
        Mac mac = mac(CLIENT);
        return address.v6()
                ? NeighborFrame.question(mac, client, address).bytes()
                : new ArpFrame(
                                Mac.BROADCAST,
                                ArpFrame.Operation.REQUEST,
                                mac,
                                client,
                                Mac.NONE,
                                address)
                        .bytes();
    }

    /** What was said to the client, and to nobody else. */
    private static Optional<Map.Entry<IpAddress, Mac>> advertised(byte[] frame) {
        return NeighborFrame.parse(frame)
                .filter(NeighborFrame::solicited)
                .flatMap(found -> found.link().map(mac -> Map.entry(found.target(), mac)));
    }

    private static Optional<Map.Entry<IpAddress, Mac>> replied(byte[] frame) {
        return ArpFrame.parse(frame)
                .filter(found -> found.to().equals(mac(CLIENT)))
                .map(found -> Map.entry(found.sender(), found.senderMac()));
    }

    /** Has the client's kernel send something to the address. */
    void knock(IpAddress address) throws IOException, InterruptedException {
        try (DatagramSocket socket = namespace(CLIENT).call(() -> new DatagramSocket())) {
            socket.send(new DatagramPacket(new byte[1], 1, address.toInetAddress(), 9));
        }
    }

    /** Which node the client's kernel sends to, by its table of neighbours; empty for none. */
    Optional<String> neighbour(IpAddress address) throws IOException, InterruptedException {
        try (Rtnetlink rtnetlink = namespace(CLIENT).call(Rtnetlink::open)) {
            return rtnetlink.neighbours().stream()
                    .filter(
                            found ->
                                    found.destination() != null
                                            && IpAddress.of(found.destination().getAddress())
                                                    .equals(address))
                    .flatMap(found -> Mac.parse(found.mac()).stream())
                    .map(Lan::nodeOf)
                    .findFirst();
        }
    }

    private int link(String host) throws IOException, InterruptedException {
        try (Rtnetlink rtnetlink = namespace(host).call(Rtnetlink::open)) {
            return rtnetlink.links().stream()
                    .filter(found -> found.name().equals(LINK))
                    .findFirst()
                    .orElseThrow()
                    .index();
        }
    }

    private static void exec(String words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words.split(" ")).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(words + ": " + new String(output, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        planes.values().forEach(L2DataPlane::close);
        if (!built) {
            return;
        }
        for (String host : hosts()) {
            // What was not made yet cannot be removed.
            if (Files.exists(namespace(host).path())) {
                exec("ip netns del " + name(host));
            }
        }
        exec("ip netns del " + name("switch"));
    }
}
