package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;

/**
 * Membership in an IPv6 multicast group on one link, as long as this is open: the interface takes
 * the group's frames, and MLD tells the switches. A socket each, because the kernel bounds the
 * groups of one. Opened in the network namespace of the calling thread; any thread may close it.
 */
public final class MulticastMembership implements AutoCloseable {
    private static final int GROUP_BYTES = 16;

    private final Socket socket;

    private MulticastMembership(Socket socket) {
        this.socket = socket;
    }

    /**
     * @param link index of the interface
     */
    public static MulticastMembership join(Inet6Address group, int link) throws IOException {
        return new MulticastMembership(
                Socket.open(
                        Libc.AF_INET6,
                        Libc.SOCK_DGRAM_CLOEXEC,
                        0,
                        (socket, scratch) -> {
                            MemorySegment request = scratch.allocate(GROUP_BYTES + 4, 4);
                            MemorySegment.copy(
                                    group.getAddress(), 0, request, JAVA_BYTE, 0, GROUP_BYTES);
                            request.set(JAVA_INT, GROUP_BYTES, link);
                            socket.set(Libc.SOL_IPV6, Libc.IPV6_JOIN_GROUP, request);
                        }));
    }

    @Override
    public void close() {
        socket.close();
    }
}
