package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/**
 * An AF_PACKET socket on one interface: whole Ethernet frames of one protocol, in and out. What the
 * protocol does not take is dropped in the kernel and wakes nobody. Frames that this host sends are
 * not received. Opened in the network namespace of the calling thread; any thread may use it later,
 * one at a time.
 */
public final class PacketSocket implements AutoCloseable {
    /** Above any ARP or neighbour discovery frame of an Ethernet link; what is longer is cut. */
    private static final int FRAME_BYTES = 2048;

    private static final int ADDRESS_BYTES = 20;

    /** What is received. */
    public enum Protocol {
        ARP(0x0806),
        /** Neighbour solicitations and advertisements: ICMPv6 without extension headers. */
        NEIGHBOR_DISCOVERY(
                0x86dd,
                instruction(0x30, 0, 0, 20), // load the byte at 20: the next header
                instruction(0x15, 0, 4, 58), // ICMPv6, or drop
                instruction(0x30, 0, 0, 54), // load the byte at 54: the type
                instruction(0x15, 1, 0, 135), // solicitation: take
                instruction(0x15, 0, 1, 136), // advertisement, or drop
                instruction(0x06, 0, 0, 0xffff), // take
                instruction(0x06, 0, 0, 0)); // drop

        private final int etherType;
        private final long[] filter;

        Protocol(int etherType, long... filter) {
            this.etherType = etherType;
            this.filter = filter;
        }

        /** As in the frame. */
        public int etherType() {
            return etherType;
        }

        /** One of classic BPF, as {@code struct sock_filter} of linux/filter.h lies in memory. */
        private static long instruction(int code, int then, int otherwise, int operand) {
            return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                    ? code | then << 16 | otherwise << 24 | (long) operand << 32
                    : (long) code << 48
                            | (long) then << 40
                            | (long) otherwise << 32
                            | (operand & 0xffff_ffffL);
        }
    }

    private final Socket socket;
    private final MemorySegment frame;

    private PacketSocket(Socket socket) {
        this.socket = socket;
        this.frame = socket.allocate(FRAME_BYTES);
    }

    /**
     * @param link index of the interface
     * @param wait the longest that {@link #receive} waits; over zero
     */
    public static PacketSocket open(int link, Protocol protocol, Duration wait) throws IOException {
        // Protocol 0 receives nothing, so no frame slips in before the filter is there.
        return new PacketSocket(
                Socket.open(
                        Libc.AF_PACKET,
                        Libc.SOCK_RAW_CLOEXEC,
                        0,
                        (socket, scratch) -> {
                            socket.limitWaits(wait);
                            bind(socket, scratch, link, protocol);
                        }));
    }

    private static void bind(Socket socket, Arena scratch, int link, Protocol protocol)
            throws IOException {
        if (protocol.filter.length > 0) {
            MemorySegment program = scratch.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) protocol.filter.length);
            program.set(JAVA_LONG, 8, scratch.allocateFrom(JAVA_LONG, protocol.filter).address());
            socket.set(Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, program);
        }
        MemorySegment address = scratch.allocate(ADDRESS_BYTES, 4);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
        address.set(JAVA_BYTE, 2, (byte) (protocol.etherType >> 8));
        address.set(JAVA_BYTE, 3, (byte) protocol.etherType);
        address.set(JAVA_INT, 4, link);
        Libc.bind(socket.fd(), address);
    }

    /** A frame from its Ethernet header on; empty when none came in time. */
    public Optional<byte[]> receive() throws IOException {
        try {
            long length = Libc.recv(socket.fd(), frame, 0);
            return Optional.of(frame.asSlice(0, length).toArray(JAVA_BYTE));
        } catch (KernelException e) {
            if (e.errno().equals(Errno.EAGAIN) || e.errno().equals(Errno.EINTR)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Sends a frame from its Ethernet header on. One that the interface has no room for is lost, as
     * on any link.
     */
    public void send(byte[] bytes) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            Libc.send(socket.fd(), scratch.allocateFrom(JAVA_BYTE, bytes));
        } catch (KernelException e) {
            if (!e.errno().equals(Errno.ENOBUFS) && !e.errno().equals(Errno.EAGAIN)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
