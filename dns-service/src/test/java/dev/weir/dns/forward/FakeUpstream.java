package dev.weir.dns.forward;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.xbill.DNS.Message;

/** A resolver on loopback whose behaviour is two functions, from query to replies. */
final class FakeUpstream implements AutoCloseable {
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Function<Message, List<byte[]>> datagrams;
    private final Function<Message, List<byte[]>> frames;

    /** Every query heard, and the port it came from. */
    final List<Message> queries = new CopyOnWriteArrayList<>();

    final List<Integer> ports = new CopyOnWriteArrayList<>();

    FakeUpstream(
            String address,
            Function<Message, List<byte[]>> datagrams,
            Function<Message, List<byte[]>> frames)
            throws IOException {
        this.datagrams = datagrams;
        this.frames = frames;
        InetAddress loopback = InetAddress.ofLiteral(address);
        tcp = new ServerSocket(0, 10, loopback);
        udp = new DatagramSocket(tcp.getLocalPort(), loopback);
        Thread.ofVirtual().start(this::hearDatagrams);
        Thread.ofVirtual().start(this::hearStreams);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) udp.getLocalSocketAddress();
    }

    private void hearDatagrams() {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        while (!udp.isClosed()) {
            try {
                udp.receive(packet);
                ports.add(packet.getPort());
                for (byte[] reply : datagrams.apply(heard(packet.getData(), packet.getLength()))) {
                    udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Closing, or the asker has left.
            }
        }
    }

    private void hearStreams() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                for (byte[] reply : frames.apply(heard(query, query.length))) {
                    byte[] prefix = ByteBuffer.allocate(2).putShort((short) reply.length).array();
                    socket.getOutputStream().write(prefix);
                    socket.getOutputStream().write(reply);
                }
            } catch (IOException e) {
                // Closing, or the asker has left.
            }
        }
    }

    private Message heard(byte[] data, int length) throws IOException {
        Message query = new Message(Arrays.copyOf(data, length));
        queries.add(query);
        return query;
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
