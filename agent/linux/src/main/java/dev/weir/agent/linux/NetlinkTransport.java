package dev.weir.agent.linux;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One netlink conversation partner: the kernel, or a fake in tests. Not thread-safe: one owner at a
 * time.
 */
public interface NetlinkTransport extends AutoCloseable {
    /** A sequence number this transport has not handed out before, never 0. */
    int nextSequence();

    /**
     * Sends all remaining bytes as one datagram; a netlink batch is processed before it returns.
     */
    void send(ByteBuffer datagram) throws IOException;

    /**
     * The next datagram in native byte order, valid until the next call.
     *
     * @throws KernelException with EAGAIN when nothing came within the transport's time limit
     */
    ByteBuffer receive() throws IOException;

    @Override
    void close();
}
