package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
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

    private final Arena arena = Arena.ofShared();
    private final int fd;
    private final MemorySegment datagram = arena.allocate(DATAGRAM_BYTES, 8);
    private int sequence;
    private boolean closed;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    public static NetlinkSocket open(Family family) throws IOException {
        return open(family, DEFAULT_TIME_LIMIT);
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static NetlinkSocket open(Family family, Duration timeLimit) throws IOException {
        NetlinkSocket socket =
                new NetlinkSocket(
                        Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW_CLOEXEC, family.number));
        try {
            socket.configure(timeLimit);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void configure(Duration timeLimit) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment timeval = scratch.allocate(16, 8);
            timeval.set(JAVA_LONG, 0, timeLimit.toSeconds());
            timeval.set(JAVA_LONG, 8, timeLimit.toNanosPart() / 1_000);
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeval);
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, timeval);
            setBuffer(scratch, Libc.SO_SNDBUFFORCE, Libc.SO_SNDBUF, SEND_BUFFER_BYTES);
            setBuffer(scratch, Libc.SO_RCVBUFFORCE, Libc.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            setInt(scratch, Libc.SOL_NETLINK, Libc.NETLINK_CAP_ACK, 1);
            setInt(scratch, Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
            MemorySegment address = scratch.allocate(12, 4);
            address.set(JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
            Libc.bind(fd, address);
        }
    }

    /** The host's limit holds for root of a user namespace, who may not force a size. */
    private void setBuffer(Arena scratch, int force, int limited, int bytes) throws IOException {
        try {
            setInt(scratch, Libc.SOL_SOCKET, force, bytes);
        } catch (KernelException e) {
            if (!e.errno().equals(Errno.EPERM)) {
                throw e;
            }
            setInt(scratch, Libc.SOL_SOCKET, limited, bytes);
        }
    }

    private void setInt(Arena scratch, int level, int option, int value) throws IOException {
        Libc.setsockopt(fd, level, option, scratch.allocateFrom(JAVA_INT, value));
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
            long sent = Libc.send(fd, copy);
            if (sent != length) {
                throw new IOException("netlink took " + sent + " of " + length + " bytes");
            }
        }
    }

    @Override
    public ByteBuffer receive() throws IOException {
        while (true) {
            try {
                long length = Libc.recv(fd, datagram, Libc.MSG_TRUNC);
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
        if (closed) {
            return;
        }
        closed = true;
        try {
            Libc.close(fd);
        } catch (KernelException e) {
            throw new IllegalStateException("file descriptor " + fd + " was not ours", e);
        } finally {
            arena.close();
        }
    }
}
