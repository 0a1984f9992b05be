package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * An AF_NETLINK socket in the network namespace of the thread that opens it; any thread may use it
 * later, one at a time. No wait is longer than the time limit it was opened with.
 */
public final class NetlinkSocket implements NetlinkTransport {
    /** Longest wait for one datagram; a batch of 100,000 elements takes the kernel under 1 s. */
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofSeconds(10);

    /** A batch is one datagram, and the kernel refuses datagrams above the send buffer. */
    static final int SEND_BUFFER_BYTES = 64 << 20;

    /** Room for the error messages of a whole refused batch. */
    static final int RECEIVE_BUFFER_BYTES = 16 << 20;

    /**
     * The kernel never writes dump datagrams above 32 KiB; an extended error quotes its request.
     */
    private static final int DATAGRAM_BYTES = 1 << 20;

    /** The netlink families Weir speaks (linux/netlink.h). */
    public enum Family {
        ROUTE(0),
        NETFILTER(12);

        private final int number;

        Family(int number) {
            this.number = number;
        }
    }

    private final Socket socket;
    private final MemorySegment datagram;
    private int sequence;

    private NetlinkSocket(Socket socket) {
        this.socket = socket;
        this.datagram = socket.allocate(DATAGRAM_BYTES);
    }

    public static NetlinkSocket open(Family family) throws IOException {
        return open(family, DEFAULT_TIME_LIMIT);
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static NetlinkSocket open(Family family, Duration timeLimit) throws IOException {
        return new NetlinkSocket(
                Socket.open(
                        Libc.AF_NETLINK,
                        Libc.SOCK_RAW_CLOEXEC,
                        family.number,
                        (socket, scratch) -> {
                            socket.limitWaits(timeLimit);
                            setBuffer(
                                    socket, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, SEND_BUFFER_BYTES);
                            setBuffer(
                                    socket,
                                    Libc.SO_RCVBUFFORCE,
                                    Libc.SO_RCVBUF,
                                    RECEIVE_BUFFER_BYTES);
                            socket.set(Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
                            socket.set(Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
                            MemorySegment address = scratch.allocate(12, 4);
                            address.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
                            Libc.bind(socket.fd(), address);
                        }));
    }

    /** The host's limit holds for root of a user namespace, who may not force a size. */
    private static void setBuffer(Socket socket, int force, int limited, int bytes)
            throws IOException {
        try {
            socket.set(Libc.SOL_SOCKET, force, bytes);
        } catch (KernelException e) {
            if (!e.errno().equals(Errno.EPERM)) {
                throw e;
            }
            socket.set(Libc.SOL_SOCKET, limited, bytes);
        }
    }

    @Override
    public int nextSequence() {
        sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
        return sequence;
    }

    @Override
    public void send(ByteBuffer bytes) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            int length = bytes.remaining();
            MemorySegment copy = scratch.allocate(length, 8);
            copy.asByteBuffer().put(bytes);
            long sent = Libc.send(socket.fd(), copy);
            if (sent != length) {
                throw new IOException("netlink took " + sent + " of " + length + " bytes");
            }
        }
    }

    @Override
    public ByteBuffer receive() throws IOException {
        while (true) {
            try {
                long length = Libc.recv(socket.fd(), datagram, Libc.MSG_TRUNC);
                if (length > DATAGRAM_BYTES) {
                    throw new IOException("netlink datagram of " + length + " bytes was cut");
                }
                return datagram.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
            } catch (KernelException e) {
                if (!e.errno().equals(Errno.EINTR)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
