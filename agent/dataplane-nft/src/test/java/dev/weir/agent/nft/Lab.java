package dev.weir.agent.nft;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node with two pods, a and b, and a host outside, each in a network namespace of its own: real
 * packets through the real kernel, of this machine only.
 */
final class Lab implements AutoCloseable {
    static final IpAddress A4 = IpAddress.of("10.1.0.2");
    static final IpAddress A6 = IpAddress.of("fd01::2");
    static final IpAddress B4 = IpAddress.of("10.1.0.3");
    static final IpAddress B6 = IpAddress.of("fd01::3");
    static final IpAddress NODE4 = IpAddress.of("192.0.2.1");
    static final IpAddress NODE6 = IpAddress.of("2001:db8::1");
    static final IpAddress OUT4 = IpAddress.of("192.0.2.2");
    static final IpAddress OUT6 = IpAddress.of("2001:db8::2");
    static final String REFUSED = "refused";
    static final String SILENCE = "silence";
    static final String PROHIBITED = "prohibited";

    /** Long enough for any answer here, and paid in full for every packet that is dropped. */
    private static final int ANSWER_MILLIS = 300;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String prefix;
    private final List<AutoCloseable> sockets = new ArrayList<>();

    /** Where a packet starts or ends. */
    enum Place {
        A,
        B,
        NODE,
        OUT;

        IpAddress address(boolean v6) {
            return switch (this) {
                case A -> v6 ? A6 : A4;
                case B -> v6 ? B6 : B4;
                case NODE -> v6 ? NODE6 : NODE4;
                case OUT -> v6 ? OUT6 : OUT4;
            };
        }
    }

    private Lab(String prefix) {
        this.prefix = prefix;
    }

    static Lab create() throws IOException, InterruptedException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "needs root for network namespaces");
        Lab lab =
                new Lab("wt-nft-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        lab.build();
        return lab;
    }

    private void build() throws IOException, InterruptedException {
        for (Place place : Place.values()) {
            exec("ip", "netns", "add", name(place));
            ip(place, "link set lo up");
        }
        // Refusals of one test shall not be counted against the next.
        exec("ip", "netns", "exec", name(Place.NODE), "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");
        exec("ip", "netns", "exec", name(Place.NODE), "sysctl", "-qw", "net.ipv6.icmp.ratelimit=0");
        // As that of the pods' name server: the first that the kernel finds for pods' links.
        ip(Place.NODE, "addr add 10.1.0.0/32 dev lo");
        ip(Place.NODE, "addr add fd01::/128 dev lo");
        // The plane shall enable forwarding; loose source checks are the kernel's own default.
        ip(Place.NODE, "link add up0 type veth peer name eth0 netns " + name(Place.OUT));
        ip(Place.NODE, "link set up0 up");
        ip(Place.OUT, "link set eth0 up");
        for (boolean v6 : List.of(false, true)) {
            int prefixLength = v6 ? 64 : 24;
            String extra = v6 ? " nodad" : "";
            ip(Place.NODE, "addr add " + NODE(v6) + "/" + prefixLength + " dev up0" + extra);
            IpAddress out = Place.OUT.address(v6);
            ip(Place.OUT, "addr add " + out + "/" + prefixLength + " dev eth0" + extra);
            String any = v6 ? "::/0" : "0.0.0.0/0";
            ip(Place.NODE, "route add " + any + " via " + out);
            ip(Place.OUT, "route add " + any + " via " + NODE(v6));
        }
        pod(Place.A, "weir000000000a");
        pod(Place.B, "weir000000000b");
    }

    private static IpAddress NODE(boolean v6) {
        return Place.NODE.address(v6);
    }

    /** As the CNI plug-in does: no bridge, host routes, a permanent neighbour as the gateway. */
    private void pod(Place place, String link) throws IOException, InterruptedException {
        ip(Place.NODE, "link add " + link + " type veth peer name eth0 netns " + name(place));
        ip(Place.NODE, "link set " + link + " address 02:00:00:00:00:01 up");
        ip(place, "link set eth0 address 02:00:00:00:00:02 up");
        for (boolean v6 : List.of(false, true)) {
            String host = place.address(v6) + (v6 ? "/128" : "/32");
            String gateway = v6 ? "fe80::1" : "169.254.1.1";
            ip(place, "addr add " + host + " dev eth0" + (v6 ? " nodad" : ""));
            ip(place, "neigh add " + gateway + " lladdr 02:00:00:00:00:01 dev eth0 nud permanent");
            if (!v6) {
                ip(place, "route add " + gateway + " dev eth0");
            }
            ip(place, "route add " + (v6 ? "::/0" : "default") + " via " + gateway + " dev eth0");
            ip(Place.NODE, "route add " + host + " dev " + link + " src " + NODE(v6));
            ip(
                    Place.NODE,
                    "neigh add "
                            + place.address(v6)
                            + " lladdr 02:00:00:00:00:02 dev "
                            + link
                            + " nud permanent");
        }
    }

    String name(Place place) {
        return prefix + "-" + place.name().toLowerCase(java.util.Locale.ROOT);
    }

    NetworkNamespace namespace(Place place) {
        return NetworkNamespace.named(name(place));
    }

    String ip(Place place, String words) throws IOException, InterruptedException {
        return exec(("ip -n " + name(place) + " " + words).split(" "));
    }

    String nft(String... words) throws IOException, InterruptedException {
        List<String> argv =
                new ArrayList<>(List.of("ip", "netns", "exec", name(Place.NODE), "nft"));
        argv.addAll(List.of(words));
        return exec(argv.toArray(String[]::new));
    }

    private static String exec(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        String text = new String(output, StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", words) + ": " + text);
        }
        return text;
    }

    /** Answers TCP and UDP with the place's name and the client's address; then echoes. */
    void serve(Place place, IpAddress address, int port) throws IOException, InterruptedException {
        InetSocketAddress local = new InetSocketAddress(address.toInetAddress(), port);
        ServerSocket tcp =
                namespace(place)
                        .call(
                                () -> {
                                    ServerSocket socket = new ServerSocket();
                                    socket.bind(local);
                                    return socket;
                                });
        DatagramSocket udp = namespace(place).call(() -> new DatagramSocket(local));
        sockets.add(tcp);
        sockets.add(udp);
        Thread.ofPlatform().daemon().start(() -> acceptAll(place, tcp));
        Thread.ofPlatform().daemon().start(() -> answerAll(place, udp));
    }

    /** Serves the place's own addresses of both families. */
    void serve(Place place, int port) throws IOException, InterruptedException {
        serve(place, place.address(false), port);
        serve(place, place.address(true), port);
    }

    private static void acceptAll(Place place, ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> echo(place, socket));
            }
        } catch (IOException closed) {
            // the lab is closed
        }
    }

    private static void echo(Place place, Socket socket) {
        try (socket) {
            socket.getOutputStream().write(greeting(place, socket.getInetAddress()));
            for (int b = socket.getInputStream().read(); b >= 0; ) {
                socket.getOutputStream().write(b);
                b = socket.getInputStream().read();
            }
        } catch (IOException gone) {
            // the client's business
        }
    }

    private static void answerAll(Place place, DatagramSocket socket) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                socket.receive(packet);
                byte[] answer = greeting(place, packet.getAddress());
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            // the lab is closed
        }
    }

    private static byte[] greeting(Place place, InetAddress client) {
        String address = IpAddress.of(client.getAddress()).toString();
        return (place + " " + address + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** "PLACE ADDRESS" as the server sees it, or {@link #REFUSED}, or {@link #SILENCE}. */
    String tcp(Place from, IpAddress to, int port) throws IOException, InterruptedException {
        try (Connection connection = connect(from, to, port)) {
            return connection.greeting;
        } catch (ConnectException e) {
            return REFUSED;
        } catch (SocketTimeoutException e) {
            return SILENCE;
        } catch (SocketException e) {
            return PROHIBITED;
        }
    }

    /** From one of the place's addresses. */
    String tcp(Place from, IpAddress client, IpAddress to, int port)
            throws IOException, InterruptedException {
        try (Connection connection = connect(from, client, to, port)) {
            return connection.greeting;
        }
    }

    /** As {@link #tcp}. */
    String udp(Place from, IpAddress to, int port) throws IOException, InterruptedException {
        try (DatagramSocket socket = namespace(from).call(() -> new DatagramSocket())) {
            return ask(socket, to, port);
        }
    }

    /** One question on a socket of the caller's, as {@link #udp}. */
    static String ask(DatagramSocket socket, IpAddress to, int port) throws IOException {
        try {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(to.toInetAddress(), port);
            socket.send(new DatagramPacket(new byte[] {1}, 1));
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            socket.receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8)
                    .strip();
        } catch (PortUnreachableException e) {
            return REFUSED;
        } catch (SocketTimeoutException e) {
            return SILENCE;
        } catch (SocketException e) {
            return e.getMessage();
        }
    }

    Connection connect(Place from, IpAddress to, int port)
            throws IOException, InterruptedException {
        return connect(from, IpAddress.of(to.v6() ? "::" : "0.0.0.0"), to, port);
    }

    private Connection connect(Place from, IpAddress client, IpAddress to, int port)
            throws IOException, InterruptedException {
        Socket socket =
                namespace(from)
                        .call(
                                () -> {
                                    Socket s = new Socket();
                                    s.bind(new InetSocketAddress(client.toInetAddress(), 0));
                                    InetAddress address = to.toInetAddress();
                                    s.connect(new InetSocketAddress(address, port), ANSWER_MILLIS);
                                    s.setSoTimeout(ANSWER_MILLIS);
                                    return s;
                                });
        return new Connection(socket);
    }

    /** An open TCP connection to a server of this lab. */
    static final class Connection implements AutoCloseable {
        private final Socket socket;
        final String greeting;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            StringBuilder line = new StringBuilder();
            for (int b = socket.getInputStream().read(); b != '\n' && b >= 0; ) {
                line.append((char) b);
                b = socket.getInputStream().read();
            }
            greeting = line.toString();
        }

        /** True if a byte comes back in time. */
        boolean echoes() throws IOException {
            return echoes(Duration.ofMillis(ANSWER_MILLIS));
        }

        /** Also takes what the kernel sends again after a while. */
        boolean echoes(Duration limit) throws IOException {
            try {
                socket.setSoTimeout((int) limit.toMillis());
                socket.getOutputStream().write(7);
                return socket.getInputStream().read() == 7;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable socket : sockets) {
            socket.close();
        }
        for (Place place : Place.values()) {
            exec("ip", "netns", "del", name(place));
        }
    }
}
