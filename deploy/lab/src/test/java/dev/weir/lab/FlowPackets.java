package dev.weir.lab;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Real connections between namespaces: servers that tell whom they see, and clients. */
final class FlowPackets {
    private static final int LONGEST = 200;

    /** Of one datagram: a host may be told only once in a second that it is refused. */
    private static final int SENDS = 4;

    private FlowPackets() {}

    /** Answers "NAME ADDRESS" to whoever connects, and to each datagram; ends with the process. */
    static void serve(NetworkNamespace in, String name, int port)
            throws IOException, InterruptedException {
        ServerSocketChannel tcp =
                in.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress(port), 500));
        DatagramChannel udp =
                in.call(() -> DatagramChannel.open().bind(new InetSocketAddress(port)));
        Thread.ofPlatform().daemon().start(() -> accept(tcp, name));
        Thread.ofPlatform().daemon().start(() -> answer(udp.socket(), name));
    }

    private static void accept(ServerSocketChannel server, String name) {
        while (true) {
            try (SocketChannel client = server.accept()) {
                InetAddress from = client.socket().getInetAddress();
                client.socket().getOutputStream().write(line(name, from));
            } catch (IOException next) {
                // This client went; the next one counts.
            }
        }
    }

    private static void answer(DatagramSocket server, String name) {
        DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
        while (true) {
            try {
                server.receive(packet);
                byte[] line = line(name, packet.getAddress());
                server.send(new DatagramPacket(line, line.length, packet.getSocketAddress()));
            } catch (IOException next) {
                // An error of an earlier answer.
            }
        }
    }

    private static byte[] line(String name, InetAddress from) {
        return (name + " " + from.getHostAddress()).getBytes(StandardCharsets.UTF_8);
    }

    /** The answer; REJECT, DROP when there is none in time, or what else went wrong. */
    static String ask(
            NetworkNamespace from, String protocol, InetSocketAddress to, Duration patience)
            throws IOException, InterruptedException {
        int millis = Math.toIntExact(patience.toMillis());
        try {
            return protocol.equals("TCP") ? tcp(from, to, millis) : udp(from, to, millis);
        } catch (ConnectException | PortUnreachableException refused) {
            return Flow.REJECT;
        } catch (SocketTimeoutException silence) {
            return Flow.DROP;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String tcp(NetworkNamespace from, InetSocketAddress to, int millis)
            throws IOException, InterruptedException {
        try (SocketChannel channel = from.call(SocketChannel::open)) {
            Socket socket = channel.socket();
            socket.setSoTimeout(millis);
            socket.connect(to, millis);
            return new String(socket.getInputStream().readNBytes(LONGEST), StandardCharsets.UTF_8);
        }
    }

    private static String udp(NetworkNamespace from, InetSocketAddress to, int millis)
            throws IOException, InterruptedException {
        try (DatagramChannel channel = from.call(DatagramChannel::open)) {
            DatagramSocket socket = channel.socket();
            socket.setSoTimeout(millis / SENDS);
            socket.connect(to);
            for (int i = 1; ; i++) {
                try {
                    socket.send(new DatagramPacket(new byte[] {'?'}, 1));
                } catch (IOException filtered) {
                    // A node's own rules stop it at once; whether it was refused, comes next.
                }
                DatagramPacket answer = new DatagramPacket(new byte[LONGEST], LONGEST);
                try {
                    socket.receive(answer);
                    return new String(
                            answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
                } catch (SocketTimeoutException silence) {
                    if (i == SENDS) {
                        throw silence;
                    }
                }
            }
        }
    }
}
