package dev.weir.server.listen;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * The file of a Unix socket. The server binds {@link #binding()} and then publishes it: nobody can
 * connect before the mode is 0600, and at every moment the path leads to the old server, to the new
 * one, or nowhere.
 */
record SocketFile(Path path) {
    /** Bytes that sockaddr_un has for a path, less the closing zero (unix(7)). */
    private static final int MAX_PATH = 107;

    private static final Set<PosixFilePermission> DIRECTORY =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SOCKET =
            PosixFilePermissions.fromString("rw-------");

    /** What the server binds; beside the path, so that a rename can publish it. */
    Path binding() {
        return path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
    }

    /**
     * Removes what a dead server left behind.
     *
     * @throws ListenException when another process serves the path, or nothing can be made there
     */
    void claim() {
        int length = binding().toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new ListenException(
                    "the socket path "
                            + path
                            + " is "
                            + (length - MAX_PATH)
                            + " bytes too long; choose a shorter directory (WEIR_DATA)");
        }
        try {
            Path directory = Objects.requireNonNull(path.getParent(), "an absolute path");
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
            }
            if (isServed()) {
                throw new ListenException("another process already serves " + path);
            }
            Files.deleteIfExists(path);
            Files.deleteIfExists(binding());
        } catch (IOException e) {
            throw new ListenException("cannot listen on " + path + ": " + e);
        }
    }

    void publish() throws IOException {
        Files.setPosixFilePermissions(binding(), SOCKET);
        Files.move(binding(), path, StandardCopyOption.ATOMIC_MOVE);
    }

    void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    /**
     * Whether somebody accepts connections there. A file that its server left behind refuses them.
     */
    private boolean isServed() throws IOException {
        if (!Files.exists(path)) {
            return false;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            throw new ListenException(path + " exists and is not a socket");
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (SocketException e) {
            return false;
        }
    }
}
