package dev.weir.dns.responder;

import dev.weir.dns.wire.Inbound;
import dev.weir.dns.wire.Reply;
import dev.weir.dns.wire.ReplyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;

/** One UDP socket and the platform thread that answers on it. */
final class UdpListener implements AutoCloseable {
    /** Queries are small; a longer one is cut and then malformed. */
    private static final int MAX_QUERY = 4096;

    private static final long ERROR_PAUSE_NANOS = 1_000_000;

    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final Conversation conversation;
    private final Thread thread;

    private UdpListener(
            DatagramChannel channel, InetSocketAddress address, Conversation conversation) {
        this.channel = channel;
        this.address = address;
        this.conversation = conversation;
        this.thread = Thread.ofPlatform().name("dns-udp-" + address).daemon().unstarted(this::run);
    }

    /** Binds; answers from {@link #start} on, queries that come before then wait in the kernel. */
    static UdpListener open(
            InetSocketAddress bind, ResponderConfig config, Conversation conversation)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open(family(bind.getAddress()));
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, config.receiveBuffer());
            channel.bind(bind);
            InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
            return new UdpListener(channel, bound, conversation);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** A socket of the address's own family works also where the kernel has no IPv6. */
    private static StandardProtocolFamily family(InetAddress address) {
        return address instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    InetSocketAddress address() {
        return address;
    }

    void start() {
        thread.start();
    }

    private void run() {
        ReplyWriter writer = conversation.newWriter();
        byte[] data = new byte[MAX_QUERY];
        ByteBuffer in = ByteBuffer.allocateDirect(MAX_QUERY);
        while (channel.isOpen()) {
            try {
                in.clear();
                SocketAddress peer = channel.receive(in);
                int length = in.flip().remaining();
                in.get(data, 0, length);
                conversation.hear(data, length, writer, new Peer(peer));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Of one datagram, not of the socket. Should it go on, then not at full speed.
                LockSupport.parkNanos(ERROR_PAUSE_NANOS);
            }
        }
    }

    /** Replies to one sender. */
    private final class Peer implements Conversation.Channel {
        private final SocketAddress address;

        Peer(SocketAddress address) {
            this.address = address;
        }

        @Override
        public ByteBuffer render(ReplyWriter writer, Inbound.Query query, Reply reply) {
            return writer.datagram(query, reply);
        }

        @Override
        public void send(ByteBuffer message) {
            try {
                channel.send(message, address);
            } catch (IOException e) {
                // As if the network had lost it: the sender asks again.
            }
        }
    }

    /** Returns once the thread has ended. */
    @Override
    public void close() {
        try {
            channel.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
