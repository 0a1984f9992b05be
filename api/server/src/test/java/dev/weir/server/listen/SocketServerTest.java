package dev.weir.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.Server;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketServerTest {
    @TempDir private Path directory;
    private Path path;
    private SocketFile file;
    private Vertx vertx;

    @BeforeEach
    void open() {
        path = directory.resolve("data/weir.sock");
        file = new SocketFile(path);
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Server start() throws IOException {
        file.claim();
        return new SocketServerBuilder(vertx, new ListenAddress.Unix(path)).build().start();
    }

    private static void stop(Server server) throws InterruptedException {
        assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS))
                .as("the server ends within 10 s")
                .isTrue();
    }

    @Test
    void onlyTheOwnerMayOpenTheSocketAndItsDirectory() throws Exception {
        Server server = start();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
                .isEqualTo("rwx------");
        stop(server);
    }

    @Test
    void connectsWhileItRunsAndLeavesNothingBehind() throws Exception {
        Server server = start();
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(channel.isConnected()).isTrue();
        }

        stop(server);

        assertThat(path.getParent()).isEmptyDirectory();
    }

    @Test
    void aLiveSocketIsNotTaken() throws Exception {
        Server server = start();

        assertThatExceptionOfType(ListenException.class)
                .isThrownBy(file::claim)
                .withMessageContaining("already serves");

        assertThat(path).exists();
        stop(server);
    }

    @Test
    void aStaleSocketIsReplaced() throws Exception {
        // Given the file of a server that died without removing it
        Files.createDirectories(path.getParent());
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();

        Server server = start();

        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(channel.isConnected()).isTrue();
        }
        stop(server);
    }

    @Test
    void aPathThatTheKernelCannotHoldIsRefusedBeforeAnythingIsMade() {
        SocketFile tooLong = new SocketFile(directory.resolve("x".repeat(108) + "/weir.sock"));

        assertThatExceptionOfType(ListenException.class)
                .isThrownBy(tooLong::claim)
                .withMessageContaining("too long");

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "precious");

        assertThatExceptionOfType(ListenException.class)
                .isThrownBy(file::claim)
                .withMessageContaining("not a socket");

        assertThat(path).hasContent("precious");
    }
}
