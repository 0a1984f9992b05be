package dev.weir.agent.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/**
 * In a namespace with a node's addresses, where servers at these stand for what the kernel leads
 * on.
 */
class LocalhostPlaneTest {
    private static final String NAMESPACE = "wt-agent-" + ProcessHandle.current().pid();
    private static final IpAddress NODE4 = IpAddress.of("192.0.2.1");
    private static final IpAddress NODE6 = IpAddress.of("2001:db8::1");
    private static final List<String> BOTH = List.of("127.0.0.1", "::1");
    private static final Key WEB = Kinds.SERVICE.key("shop", "web");
    private static final int PORT = 30_080;

    /** Threads are in the namespace of those that start them. */
    private final LocalhostPlane plane =
            new LocalhostPlane(List.of(NODE4, NODE6), Thread.ofPlatform().daemon().factory());

    private NodeImage carried = NodeImage.EMPTY;

    @BeforeEach
    void createNamespace() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
        exec("ip", "netns", "add", NAMESPACE);
        exec("ip", "-n", NAMESPACE, "link", "set", "lo", "up");
        exec("ip", "-n", NAMESPACE, "addr", "add", NODE4 + "/32", "dev", "lo");
        exec("ip", "-n", NAMESPACE, "addr", "add", NODE6 + "/128", "dev", "lo", "nodad");
    }

    @AfterEach
    void close() throws Exception {
        plane.close();
        exec("ip", "netns", "del", NAMESPACE);
    }

    private static void exec(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(String.join(" ", words)).isTrue();
        assertThat(process.exitValue())
                .as(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isZero();
    }

    private static <T> T inside(Callable<T> work) throws Exception {
        return NetworkNamespace.named(NAMESPACE).call(work);
    }

    private static Frontend frontend(IpAddress address, int port) {
        return new Frontend(address, Protocol.TCP, port);
    }

    private static Map<Frontend, Backends> frontends(Key service, Frontend... frontends) {
        Map<Frontend, Backends> result = new HashMap<>();
        for (Frontend frontend : frontends) {
            Backend backend =
                    new Backend(
                            IpAddress.of(frontend.address().v6() ? "fd00::5" : "10.244.0.5"),
                            80,
                            true);
            result.put(frontend, new Backends(service, List.of(backend), Handling.PLAIN));
        }
        return result;
    }

    private static Map<Frontend, Backends> atBoth(int port) {
        return frontends(WEB, frontend(NODE4, port), frontend(NODE6, port));
    }

    /** Services with these node ports, and frontends. */
    private static NodeImage image(
            Map<Key, List<Integer>> nodePorts, Map<Frontend, Backends> frontends) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        nodePorts.forEach(
                (key, ports) -> {
                    ServiceSpec.Builder spec = ServiceSpec.newBuilder();
                    ports.forEach(
                            port -> spec.addPorts(ServicePort.newBuilder().setNodePort(port)));
                    Service service =
                            Service.newBuilder()
                                    .setMetadata(
                                            ObjectMeta.newBuilder()
                                                    .setNamespace(key.namespace())
                                                    .setName(key.name()))
                                    .setSpec(spec)
                                    .build();
                    changes.put(key, new Change.Put(service, 1));
                });
        Image endpoint =
                Image.empty("endpoint")
                        .apply(new Delta("endpoint", "log-1", 1, Frontier.EMPTY, changes));
        return new NodeImage(
                Frontier.of("log-1", "endpoint", 1),
                Map.of("endpoint", endpoint),
                HashTreePMap.empty(),
                HashTreePMap.from(frontends),
                HashTreePMap.empty(),
                HashTreePMap.empty());
    }

    /** As the agent does: the delta begins with what was carried without problems. */
    private Outcome apply(NodeImage image) throws Exception {
        return inside(
                () -> {
                    Outcome outcome = plane.apply(image, NodeDelta.between(carried, image));
                    carried = outcome.problems().isEmpty() ? image : carried;
                    return outcome;
                });
    }

    private Outcome webAt(int port) throws Exception {
        return apply(image(Map.of(WEB, List.of(port)), atBoth(port)));
    }

    private static ServerSocket listen(IpAddress address, int port) throws Exception {
        return inside(() -> new ServerSocket(port, 50, address.toInetAddress()));
    }

    private static Socket connect(String host, int port) throws Exception {
        return inside(
                () -> {
                    Socket socket = new Socket();
                    socket.connect(
                            new InetSocketAddress(InetAddress.getByName(host), port),
                            Requests.TIMEOUT_MILLIS);
                    socket.setSoTimeout(Requests.TIMEOUT_MILLIS);
                    return socket;
                });
    }

    private static boolean isOpen(String host, int port) throws Exception {
        return inside(() -> Requests.isOpen(host, port));
    }

    /** What the server accepts, as it comes. */
    private static BlockingQueue<Socket> accepted(ServerSocket server) {
        BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                while (true) {
                                    connections.add(server.accept());
                                }
                            } catch (IOException closed) {
                                // The test is over.
                            }
                        });
        return connections;
    }

    private static Socket next(BlockingQueue<Socket> connections) throws Exception {
        Socket socket = connections.poll(Requests.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(socket).as("a connection at the node's address").isNotNull();
        socket.setSoTimeout(Requests.TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void eachFamilyLeadsToItsNodeAddressAndHalfClosedConnectionsGoOn() throws Exception {
        try (ServerSocket four = listen(NODE4, PORT);
                ServerSocket six = listen(NODE6, PORT)) {
            assertThat(webAt(PORT)).isEqualTo(Outcome.DONE);

            for (String host : BOTH) {
                BlockingQueue<Socket> accepted = accepted(host.equals("::1") ? six : four);
                try (Socket client = connect(host, PORT);
                        Socket server = next(accepted)) {
                    write(client, "question");
                    client.shutdownOutput();
                    assertThat(rest(server)).as(host).isEqualTo("question");

                    write(server, "answer");
                    server.shutdownOutput();

                    assertThat(rest(client)).as(host).isEqualTo("answer");
                }
            }
        }
    }

    @Test
    void whereNobodyListensTheClientIsReset() throws Exception {
        webAt(PORT);

        for (String host : BOTH) {
            assertThatThrownBy(
                            () -> {
                                try (Socket client = connect(host, PORT)) {
                                    client.getInputStream().read();
                                }
                            })
                    .as(host)
                    .isInstanceOf(java.net.SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void aResetIsNotAnEnd() throws Exception {
        try (ServerSocket four = listen(NODE4, PORT)) {
            webAt(PORT);
            BlockingQueue<Socket> accepted = accepted(four);
            try (Socket client = connect("127.0.0.1", PORT)) {
                Socket server = next(accepted);
                write(server, "half an ans");
                assertThat(client.getInputStream().readNBytes(11)).hasSize(11);

                server.setSoLinger(true, 0);
                server.close();

                assertThatThrownBy(() -> client.getInputStream().read())
                        .isInstanceOf(java.net.SocketException.class)
                        .hasMessageContaining("reset");
            }
        }
    }

    @Test
    void connectionsOutliveTheirPort() throws Exception {
        try (ServerSocket four = listen(NODE4, PORT)) {
            webAt(PORT);
            BlockingQueue<Socket> accepted = accepted(four);
            try (Socket client = connect("127.0.0.1", PORT);
                    Socket server = next(accepted)) {

                apply(image(Map.of(), Map.of()));

                assertThat(isOpen("127.0.0.1", PORT)).isFalse();
                assertThat(isOpen("::1", PORT)).isFalse();
                write(client, "still here");
                assertThat(server.getInputStream().readNBytes(10)).hasSize(10);
            }
        }
    }

    @Test
    void onlyNodePortsForAnybodyOverTcpAreThere() throws Exception {
        Frontend udp = new Frontend(NODE4, Protocol.UDP, 30_081);
        Frontend own = frontend(NODE4, 30_082).of(Clients.OWN);
        Frontend clusterIp = frontend(IpAddress.of("10.96.0.10"), 30_083);
        Frontend external = frontend(NODE4, 30_084);

        Outcome outcome =
                apply(
                        image(
                                Map.of(WEB, List.of(30_081, 30_082, 30_083, 30_085)),
                                frontends(
                                        WEB,
                                        udp,
                                        own,
                                        clusterIp,
                                        external,
                                        frontend(NODE6, 30_085))));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        for (int port = 30_081; port <= 30_085; port++) {
            assertThat(isOpen("127.0.0.1", port)).as("port %d", port).isFalse();
            assertThat(isOpen("::1", port)).as("port %d", port).isEqualTo(port == 30_085);
        }
    }

    private static NodeImage udpAt(int port) {
        NodeImage image =
                image(
                        Map.of(),
                        frontends(
                                WEB,
                                new Frontend(NODE4, Protocol.UDP, port),
                                new Frontend(NODE6, Protocol.UDP, port)));
        Service service =
                Service.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                        .setSpec(
                                ServiceSpec.newBuilder()
                                        .addPorts(
                                                ServicePort.newBuilder()
                                                        .setProtocol("UDP")
                                                        .setNodePort(port)))
                        .build();
        Image endpoint =
                Image.empty("endpoint")
                        .apply(
                                new Delta(
                                        "endpoint",
                                        "log-1",
                                        1,
                                        Frontier.EMPTY,
                                        new TreeMap<>(Map.of(WEB, new Change.Put(service, 1)))));
        return new NodeImage(
                Frontier.of("log-1", "endpoint", 1),
                Map.of("endpoint", endpoint),
                HashTreePMap.empty(),
                image.services(),
                HashTreePMap.empty(),
                HashTreePMap.empty());
    }

    /** Answers each datagram with itself and where it came from; ends with the socket. */
    private static DatagramSocket echo(IpAddress address, int port) throws Exception {
        DatagramSocket server = inside(() -> new DatagramSocket(port, address.toInetAddress()));
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                while (true) {
                                    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                                    server.receive(packet);
                                    server.send(packet);
                                }
                            } catch (IOException closed) {
                                // The test is over.
                            }
                        });
        return server;
    }

    private static DatagramSocket client(String host) throws Exception {
        return inside(
                () -> {
                    DatagramSocket socket = new DatagramSocket();
                    socket.connect(InetAddress.getByName(host), PORT);
                    socket.setSoTimeout(Requests.TIMEOUT_MILLIS);
                    return socket;
                });
    }

    private static String ask(DatagramSocket client, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        client.send(new DatagramPacket(bytes, bytes.length));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        client.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
    }

    @Test
    void eachClientOfAUdpPortGetsItsOwnAnswers() throws Exception {
        assertThat(apply(udpAt(PORT))).isEqualTo(Outcome.DONE);

        for (String host : BOTH) {
            try (DatagramSocket server = echo(host.equals("::1") ? NODE6 : NODE4, PORT);
                    DatagramSocket one = client(host);
                    DatagramSocket other = client(host)) {
                for (int i = 0; i < 10; i++) {
                    assertThat(ask(one, "one" + i)).as(host).isEqualTo("one" + i);
                    assertThat(ask(other, "other" + i)).as(host).isEqualTo("other" + i);
                }
                assertThat(server.isClosed()).isFalse();
            }
            assertThat(isOpen(host, PORT)).as("TCP at " + host).isFalse();
        }
    }

    @Test
    void aUdpPortThatIsTakenIsAProblemUntilItIsFree() throws Exception {
        try (DatagramSocket taken =
                inside(() -> new DatagramSocket(PORT, InetAddress.getByName("127.0.0.1")))) {
            assertThat(apply(udpAt(PORT)).problems()).containsOnlyKeys(WEB);
            assertThat(taken.isClosed()).isFalse();
        }
        assertThat(apply(udpAt(PORT))).isEqualTo(Outcome.DONE);
        try (DatagramSocket server = echo(NODE4, PORT);
                DatagramSocket client = client("127.0.0.1")) {
            assertThat(ask(client, "hello")).isEqualTo("hello");
            assertThat(server.isClosed()).isFalse();

            apply(udpAt(PORT + 1));

            assertThatThrownBy(() -> ask(client, "anybody?"))
                    .isInstanceOf(PortUnreachableException.class);
        }
        inside(() -> new DatagramSocket(PORT, InetAddress.getByName("127.0.0.1"))).close();
    }

    /** As when endpoints come later than the client's first question. */
    @Test
    void aUdpFlowThatWasRefusedBeginsAnew() throws Exception {
        apply(udpAt(PORT));
        try (DatagramSocket client = client("127.0.0.1")) {
            client.setSoTimeout(200);
            assertThatThrownBy(() -> ask(client, "too early"))
                    .isInstanceOf(SocketTimeoutException.class);
            client.setSoTimeout(Requests.TIMEOUT_MILLIS);

            try (DatagramSocket server = echo(NODE4, PORT)) {
                assertThat(ask(client, "now")).isEqualTo("now");
                assertThat(server.isClosed()).isFalse();
            }
        }
    }

    @Test
    void moreUdpClientsThanThereIsRoomForGetNothing() throws Exception {
        try (DatagramRelay relay = new DatagramRelay(1, Thread.ofPlatform().daemon().factory());
                DatagramSocket server = echo(NODE4, PORT);
                DatagramSocket one = client("127.0.0.1");
                DatagramSocket other = client("127.0.0.1")) {
            InetSocketAddress at = new InetSocketAddress("127.0.0.1", PORT);
            InetSocketAddress to = new InetSocketAddress(NODE4.toInetAddress(), PORT);
            Listeners.Open port = inside(() -> relay.open(at, to));
            assertThat(ask(one, "first")).isEqualTo("first");

            other.setSoTimeout(200);
            assertThatThrownBy(() -> ask(other, "second"))
                    .isInstanceOf(SocketTimeoutException.class);

            assertThat(ask(one, "still here")).isEqualTo("still here");
            assertThat(server.isClosed()).isFalse();
            port.close();
        }
    }

    /** Law: what is open depends on the last image only, with and without problems on the way. */
    @Test
    void whatIsOpenIsWhatTheLastImageHas() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, ServerSocket> others = new HashMap<>();
        for (int step = 0; step < 30; step++) {
            int taken = PORT + random.nextInt(5);
            if (random.nextInt(3) == 0 && !isOpen("127.0.0.1", taken)) {
                others.put(taken, listen(IpAddress.of("127.0.0.1"), taken));
            } else if (others.containsKey(taken)) {
                others.remove(taken).close();
            }
            Map<Key, List<Integer>> nodePorts = new HashMap<>();
            Map<Frontend, Backends> frontends = new HashMap<>();
            Map<Key, String> expected = new TreeMap<>();
            for (int port = PORT; port < PORT + 5; port++) {
                Key service = Kinds.SERVICE.key("shop", "s" + random.nextInt(3));
                if (random.nextBoolean()) {
                    nodePorts
                            .computeIfAbsent(service, any -> new java.util.ArrayList<>())
                            .add(port);
                    frontends.putAll(
                            frontends(service, frontend(NODE4, port), frontend(NODE6, port)));
                    if (others.containsKey(port)) {
                        expected.put(service, "");
                    }
                }
            }

            Outcome outcome = apply(image(nodePorts, frontends));

            assertThat(outcome.problems().keySet())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(expected.keySet());
            for (int port = PORT; port < PORT + 5; port++) {
                assertThat(isOpen("::1", port))
                        .as("seed %d, step %d, port %d", seed, step, port)
                        .isEqualTo(frontends.containsKey(frontend(NODE6, port)));
                assertThat(isOpen("127.0.0.1", port))
                        .as("seed %d, step %d, port %d", seed, step, port)
                        .isEqualTo(
                                others.containsKey(port)
                                        || frontends.containsKey(frontend(NODE4, port)));
            }
        }
        for (ServerSocket other : others.values()) {
            other.close();
        }
    }
}
