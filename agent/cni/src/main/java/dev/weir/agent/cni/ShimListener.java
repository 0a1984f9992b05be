package dev.weir.agent.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The Unix socket that shims connect to: one call per connection, one virtual thread per
 * connection. The frames are described in {@code weir-cni.c}.
 */
final class ShimListener implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ShimListener.class.getName());

    /** For the request to come, and for the answer to go. */
    private static final Duration TRANSFER_LIMIT = Duration.ofSeconds(5);

    /** Above the shim's own limit for a configuration, every byte escaped. */
    private static final int MAX_REQUEST = 8 << 20;

    /** Calls under way at a time; each starts a few processes. */
    private static final int MAX_CALLS = 16;

    private static final int BACKLOG = 512;

    private final Path path;
    private final CniPlugin plugin;
    private final ScheduledExecutorService timer;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    /** Empty before start. */
    private volatile Optional<ServerSocketChannel> server = Optional.empty();

    /**
     * @param timer closes connections that take too long
     */
    ShimListener(Path path, CniPlugin plugin, ScheduledExecutorService timer) {
        this.path = path;
        this.plugin = plugin;
        this.timer = timer;
    }

    /** The socket gets its name once it listens and only its owner may connect. */
    void start() throws IOException {
        refuseSecond();
        Files.createDirectories(path.toAbsolutePath().getParent());
        Path young = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(young);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(young), BACKLOG);
            Files.setPosixFilePermissions(young, PosixFilePermissions.fromString("rw-------"));
            Files.move(young, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        server = Optional.of(channel);
        Thread.ofVirtual().name("cni-accept").start(() -> accept(channel));
    }

    /** A socket that somebody answers at is not ours to replace. */
    private void refuseSecond() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        boolean answered = true;
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            LOG.log(Level.DEBUG, "{0} answers", probe);
        } catch (IOException e) {
            answered = false;
        }
        if (answered) {
            throw new IOException("another agent serves " + path);
        }
    }

    private void accept(ServerSocketChannel channel) {
        while (channel.isOpen()) {
            try {
                SocketChannel shim = channel.accept();
                Thread.ofVirtual().name("cni-call").start(() -> serve(shim));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "cannot accept a CNI call", e);
                pause();
            }
        }
    }

    /** Out of descriptors, most likely. */
    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel shim) {
        try (shim) {
            Optional<byte[]> request = within(shim, () -> read(shim));
            if (request.isEmpty()) {
                return;
            }
            CniReply reply = reply(request.get());
            try {
                within(shim, () -> write(shim, reply));
            } catch (IOException e) {
                if (reply.created().isPresent()) {
                    plugin.undo(reply.created().get());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "a CNI call failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CniReply reply(byte[] request) throws InterruptedException {
        calls.acquire();
        try {
            return plugin.call(decode(request));
        } catch (CniException e) {
            return CniReply.failed(CniResult.error("", e.code(), e.getMessage()));
        } finally {
            calls.release();
        }
    }

    static CniRequest decode(byte[] request) throws CniException {
        try {
            return NetworkConfig.JSON.readValue(
                    new String(request, StandardCharsets.UTF_8), CniRequest.class);
        } catch (JsonProcessingException e) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "the shim's request cannot be decoded: " + e.getOriginalMessage());
        }
    }

    private interface Transfer<T> {
        T run() throws IOException;
    }

    private <T> T within(SocketChannel shim, Transfer<T> transfer) throws IOException {
        Future<?> guard =
                timer.schedule(
                        () -> closeQuietly(shim), TRANSFER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return transfer.run();
        } finally {
            guard.cancel(false);
        }
    }

    private static void closeQuietly(SocketChannel shim) {
        try {
            shim.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection that took too long", e);
        }
    }

    /** Empty if the connection is closed at once: somebody looked whether we are there. */
    private static Optional<byte[]> read(SocketChannel shim) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Integer.BYTES);
        if (shim.read(head) < 0) {
            return Optional.empty();
        }
        fill(shim, head);
        int length = head.getInt(0);
        if (length < 0 || length > MAX_REQUEST) {
            throw new IOException(
                    "a CNI request of " + Integer.toUnsignedString(length) + " bytes");
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        fill(shim, body);
        return Optional.of(body.array());
    }

    private static void fill(SocketChannel shim, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (shim.read(buffer) < 0) {
                throw new EOFException("a CNI request ends early");
            }
        }
    }

    private static int write(SocketChannel shim, CniReply reply) throws IOException {
        byte[] stdout = reply.stdout().getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(2 * Integer.BYTES + stdout.length);
        frame.putInt(reply.exit()).putInt(stdout.length).put(stdout).flip();
        int written = 0;
        while (frame.hasRemaining()) {
            written += shim.write(frame);
        }
        return written;
    }

    @Override
    public void close() throws IOException {
        if (server.isPresent()) {
            server.get().close();
            Files.deleteIfExists(path);
        }
    }
}
