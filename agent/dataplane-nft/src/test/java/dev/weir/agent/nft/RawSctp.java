package dev.weir.agent.nft;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.model.IpAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One end of SCTP (RFC 9260) without the kernel's SCTP: packets made and read by hand, through a
 * raw socket of the network namespace of the thread that opens it.
 */
final class RawSctp implements AutoCloseable {
    static final int INIT = 1;
    static final int INIT_ACK = 2;

    private static final int PROTOCOL = 132;
    private static final int COMMON_HEADER = 12;
    private static final int CHECKSUM = 8;
    private static final int CHUNK = 20;
    private static final int EAGAIN = 11;
    private static final int ECONNREFUSED = 111;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SEND = handle("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVFROM =
            handle("recvfrom", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(STATE);
    private final boolean v6;
    private final int fd;

    /**
     * A packet of one chunk, as it arrived.
     *
     * @param whole whether its checksum is right
     */
    record Packet(IpAddress from, int sourcePort, int port, int tag, int chunk, boolean whole) {}

    private RawSctp(boolean v6) throws IOException {
        this.v6 = v6;
        this.fd = call(SOCKET, v6 ? 10 : 2, 3, PROTOCOL);
    }

    /** Takes what comes to the address, of anybody. */
    static RawSctp at(IpAddress address, int waitMillis) throws IOException {
        RawSctp end = new RawSctp(address.v6());
        end.waitAtMost(waitMillis);
        end.call(BIND, end.fd, end.sockaddr(address), end.sockaddrBytes());
        return end;
    }

    /** Sends to the peer, and hears of its refusals. */
    static RawSctp between(IpAddress address, IpAddress peer, int waitMillis) throws IOException {
        RawSctp end = at(address, waitMillis);
        end.call(CONNECT, end.fd, end.sockaddr(peer), end.sockaddrBytes());
        return end;
    }

    private void waitAtMost(int millis) throws IOException {
        MemorySegment timeval = arena.allocate(16, 8);
        timeval.set(JAVA_LONG, 0, millis / 1_000);
        timeval.set(JAVA_LONG, 8, millis % 1_000 * 1_000L);
        call(SETSOCKOPT, fd, 1, 20, timeval, 16);
    }

    private MemorySegment sockaddr(IpAddress address) {
        MemorySegment sockaddr = arena.allocate(28, 8);
        sockaddr.set(JAVA_SHORT, 0, (short) (v6 ? 10 : 2));
        MemorySegment.copy(address.bytes(), 0, sockaddr, JAVA_BYTE, v6 ? 8 : 4, v6 ? 16 : 4);
        return sockaddr;
    }

    private int sockaddrBytes() {
        return v6 ? 28 : 16;
    }

    /** Sends a packet of one INIT or INIT ACK chunk. */
    void send(int from, int to, int verificationTag, int chunk, int initiateTag)
            throws IOException {
        ByteBuffer packet = ByteBuffer.allocate(COMMON_HEADER + CHUNK);
        packet.putShort((short) from).putShort((short) to).putInt(verificationTag).putInt(0);
        packet.put((byte) chunk).put((byte) 0).putShort((short) CHUNK).putInt(initiateTag);
        packet.putInt(1 << 16).putShort((short) 1).putShort((short) 1).putInt(7);
        byte[] bytes = packet.array();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(CHECKSUM, crc(bytes));
        MemorySegment memory = arena.allocateFrom(JAVA_BYTE, bytes);
        call(SEND, fd, memory, (long) bytes.length, 0);
    }

    /** Over the whole packet with zeros for the sum itself (RFC 9260, section 6.8). */
    private static int crc(byte[] packet) {
        byte[] copy = packet.clone();
        Arrays.fill(copy, CHECKSUM, CHECKSUM + 4, (byte) 0);
        CRC32C crc = new CRC32C();
        crc.update(copy);
        return (int) crc.getValue();
    }

    /** Empty when nothing came in time. Throws {@link java.net.ConnectException} when refused. */
    Optional<Packet> receive() throws IOException {
        MemorySegment memory = arena.allocate(2_048);
        MemorySegment sender = arena.allocate(28, 8);
        MemorySegment length = arena.allocateFrom(JAVA_INT, 28);
        int count;
        try {
            count = call(RECVFROM, fd, memory, 2_048L, 0, sender, length);
        } catch (Refused e) {
            if (e.errno == EAGAIN) {
                return Optional.empty();
            }
            throw e.errno == ECONNREFUSED ? new java.net.ConnectException() : e;
        }
        byte[] bytes = memory.asSlice(0, count).toArray(JAVA_BYTE);
        // Of IPv4 the kernel gives the header, too.
        byte[] packet = v6 ? bytes : Arrays.copyOfRange(bytes, (bytes[0] & 0xf) * 4, count);
        byte[] from = sender.asSlice(v6 ? 8 : 4, v6 ? 16 : 4).toArray(JAVA_BYTE);
        ByteBuffer in = ByteBuffer.wrap(packet);
        int sum = in.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKSUM);
        return Optional.of(
                new Packet(
                        IpAddress.of(from),
                        in.getShort(0) & 0xffff,
                        in.getShort(2) & 0xffff,
                        in.getInt(COMMON_HEADER + 4),
                        packet[COMMON_HEADER],
                        sum == crc(packet)));
    }

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int errno;

        Refused(int errno) {
            super("errno " + errno);
            this.errno = errno;
        }
    }

    private int call(MethodHandle function, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 1];
        all[0] = state;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        long result;
        try {
            result = ((Number) function.invokeWithArguments(all)).longValue();
        } catch (Throwable e) {
            throw new AssertionError("a native call declares no exception", e);
        }
        if (result < 0) {
            throw new Refused((int) ERRNO.get(state, 0L));
        }
        return (int) result;
    }

    private static MethodHandle handle(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        MemoryLayout result = name.equals("send") || name.equals("recvfrom") ? JAVA_LONG : JAVA_INT;
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    @Override
    public void close() throws IOException {
        call(CLOSE, fd);
        arena.close();
    }
}
