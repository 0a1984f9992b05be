package dev.weir.dns.forward;

import dev.weir.dns.wire.Exchange;
import dev.weir.dns.wire.Reply;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One try at one upstream: a datagram, and a stream if the reply did not fit.
 *
 * <p>Each has a socket of its own, so the kernel picks a random source port, and it is connected,
 * so that only that upstream is heard and a closed port is noticed at once.
 */
final class UpstreamCall {
    /** Larger than what we advertise: some upstreams send what they please. */
    private static final int DATAGRAM_OCTETS = 4096;

    private UpstreamCall() {}

    /**
     * The upstream's reply; IOException, SocketTimeoutException included, if there is none in time.
     */
    static Reply ask(InetSocketAddress upstream, Exchange exchange, Deadline deadline)
            throws IOException {
        Reply reply = overUdp(upstream, exchange, deadline);
        if (!reply.truncated()) {
            return reply;
        }
        try {
            return overTcp(upstream, exchange, deadline);
        } catch (IOException e) {
            return reply; // TC still set: the asker may try for itself
        }
    }

    private static Reply overUdp(InetSocketAddress upstream, Exchange exchange, Deadline deadline)
            throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(upstream);
            byte[] query = exchange.query();
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_OCTETS], DATAGRAM_OCTETS);
            while (!deadline.isOver()) {
                socket.setSoTimeout(deadline.leftMillis());
                socket.receive(packet);
                Optional<Reply> reply = exchange.match(packet.getData(), packet.getLength());
                if (reply.isPresent()) {
                    return reply.get();
                }
                packet.setLength(DATAGRAM_OCTETS);
            }
            throw new SocketTimeoutException("only replies to something else");
        }
    }

    private static Reply overTcp(InetSocketAddress upstream, Exchange exchange, Deadline deadline)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(upstream, deadline.leftMillis());
            byte[] query = exchange.query();
            byte[] frame =
                    ByteBuffer.allocate(2 + query.length)
                            .putShort((short) query.length)
                            .put(query)
                            .array();
            socket.getOutputStream().write(frame);
            socket.setSoTimeout(deadline.leftMillis());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] message = new byte[in.readUnsignedShort()];
            for (int at = 0; at < message.length; ) {
                socket.setSoTimeout(deadline.leftMillis());
                int read = in.read(message, at, message.length - at);
                if (read < 0 || deadline.isOver()) {
                    throw new SocketTimeoutException("incomplete reply");
                }
                at += read;
            }
            return exchange.match(message, message.length)
                    .orElseThrow(() -> new IOException("a reply to something else"));
        }
    }
}
