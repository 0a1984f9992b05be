package dev.weir.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A socket of the kernel in the network namespace of the thread that opens it, and the memory that
 * lasts as long. Closing it again does nothing.
 */
final class Socket implements AutoCloseable {
    private final int fd;
    private final Arena arena = Arena.ofShared();
    private boolean closed;

    private Socket(int fd) {
        this.fd = fd;
    }

    /** What has to be set before a socket is of use; may fail. */
    interface Preparation {
        /**
         * @param scratch gone when the preparation is over
         */
        void of(Socket socket, Arena scratch) throws IOException;
    }

    /** Opens and prepares one; closes it if that fails. */
    static Socket open(int domain, int type, int protocol, Preparation preparation)
            throws IOException {
        Socket socket = new Socket(Libc.socket(domain, type, protocol));
        try (Arena scratch = Arena.ofConfined()) {
            preparation.of(socket, scratch);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    int fd() {
        return fd;
    }

    MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, 8);
    }

    void set(int level, int option, MemorySegment value) throws IOException {
        Libc.setsockopt(fd, level, option, value);
    }

    void set(int level, int option, int value) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            set(level, option, scratch.allocateFrom(JAVA_INT, value));
        }
    }

    /** Of each send and each receive. */
    void limitWaits(Duration limit) throws IOException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment timeval = scratch.allocate(16, 8);
            timeval.set(JAVA_LONG, 0, limit.toSeconds());
            timeval.set(JAVA_LONG, 8, limit.toNanosPart() / 1_000);
            set(Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, timeval);
            set(Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, timeval);
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
