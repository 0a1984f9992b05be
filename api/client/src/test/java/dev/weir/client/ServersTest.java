package dev.weir.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.StatusResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several replicas, some of them dead. */
@Timeout(30)
class ServersTest {
    /** The number of a shard tells the replicas apart. */
    private static final class Replica extends AgentsGrpc.AgentsImplBase {
        private final long number;
        private volatile boolean unavailable;

        Replica(long number) {
            this.number = number;
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
            if (unavailable) {
                out.onError(Status.UNAVAILABLE.withDescription("not yet").asException());
                return;
            }
            out.onNext(
                    StatusResponse.newBuilder()
                            .setHead(
                                    dev.weir.core.v1.Frontier.newBuilder()
                                            .putRevisions("control", number))
                            .build());
            out.onCompleted();
        }
    }

    @TempDir Path directory;
    private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
    private final List<Server> started = new ArrayList<>();
    private final Map<Long, Replica> replicas = new HashMap<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Server server : started) {
            kill(server);
        }
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static void kill(Server server) throws InterruptedException {
        assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS))
                .as("the server ended within 10 s")
                .isTrue();
    }

    private ServerAddress.Unix socket(String name) {
        return new ServerAddress.Unix(directory.resolve(name));
    }

    private Server start(ServerAddress.Unix at, long number) throws IOException {
        return start(
                NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(at.path()))
                        .channelType(NioServerDomainSocketChannel.class)
                        .withChildOption(io.netty.channel.ChannelOption.SO_KEEPALIVE, null),
                number);
    }

    private ServerAddress.Tcp startTcp(String host, long number) throws IOException {
        Server server =
                start(
                        NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
                                .channelType(NioServerSocketChannel.class),
                        number);
        return new ServerAddress.Tcp(host, server.getPort());
    }

    private Server start(NettyServerBuilder builder, long number) throws IOException {
        Replica replica = new Replica(number);
        replicas.put(number, replica);
        Server server =
                builder.bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .addService(replica)
                        .build()
                        .start();
        started.add(server);
        return server;
    }

    private static long whoAnswers(WeirClient client) {
        return client.status().getHead().getRevisionsOrThrow("control");
    }

    @Test
    void addressesAreReadAndShownWithCommasBetween() {
        Servers servers = Servers.parse("10.0.0.1:7000, [fd00::2]:7000,tcp://three:7000");

        assertThat(servers.addresses())
                .containsExactly(
                        new ServerAddress.Tcp("10.0.0.1", 7000),
                        new ServerAddress.Tcp("fd00::2", 7000),
                        new ServerAddress.Tcp("three", 7000));
        assertThat(Servers.parse(servers.toString())).isEqualTo(servers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:1,", ",a:1", "a:1,,b:1", "a:1,b", "a:1,unix:///s"})
    void whatIsNoListOfAddressesIsRefused(String text) {
        assertThatThrownBy(() -> Servers.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theFirstThatIsThereAnswers() throws Exception {
        ServerAddress.Unix second = socket("b, c&d=%");
        start(second, 2);

        try (WeirClient client = WeirClient.to(Servers.of(socket("a"), second))) {
            assertThat(whoAnswers(client)).isEqualTo(2);
        }
    }

    @Test
    void whenTheServerIsGoneTheNextOneAnswers() throws Exception {
        Server first = start(socket("a"), 1);
        start(socket("b"), 2);
        try (WeirClient client = WeirClient.to(Servers.of(socket("a"), socket("b")))) {
            assertThat(whoAnswers(client)).isEqualTo(1);

            kill(first);

            assertThat(whoAnswersAtLast(client)).isEqualTo(2);
            assertThat(whoAnswers(client)).isEqualTo(2);
        }
    }

    /** A call that is being sent while its server dies is lost with it: its caller asks again. */
    private static long whoAnswersAtLast(WeirClient client) {
        try {
            return whoAnswers(client);
        } catch (ServerUnreachableException lost) {
            return whoAnswers(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aHostThatRefusesIsLeftForTheNext(String host) throws Exception {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            nobody = closed.getLocalPort();
        }
        ServerAddress second = startTcp(host, 2);

        try (WeirClient client =
                WeirClient.to(Servers.of(new ServerAddress.Tcp(host, nobody), second))) {
            assertThat(whoAnswers(client)).isEqualTo(2);
        }
    }

    @Test
    void aHostThatDoesNotAnswerIsLeftForTheNext() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            // Nobody accepts: when the backlog is full, the kernel answers no more.
            for (int i = 0; i < 8; i++) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
                waiting.add(channel);
                channel.configureBlocking(false);
                channel.connect(mute.getLocalSocketAddress());
            }
            ServerAddress first = new ServerAddress.Tcp("127.0.0.1", mute.getLocalPort());
            ServerAddress second = startTcp("127.0.0.1", 2);
            long before = System.nanoTime();

            try (WeirClient client = WeirClient.to(Servers.of(first, second))) {
                assertThat(whoAnswers(client)).isEqualTo(2);
            }
            assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    /** Calls that fail are tried again, as agents do. */
    private static long awaitAnswer(WeirClient client) throws InterruptedException {
        while (true) {
            try {
                return whoAnswers(client);
            } catch (ServerUnreachableException e) {
                Thread.sleep(10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aServerThatSaysItIsUnavailableIsLeftForTheNext(boolean tcp) throws Exception {
        List<ServerAddress> servers = new ArrayList<>();
        for (long number = 1; number <= 3; number++) {
            if (tcp) {
                servers.add(startTcp("127.0.0.1", number));
            } else {
                ServerAddress.Unix at = socket("s" + number);
                start(at, number);
                servers.add(at);
            }
        }
        replicas.get(1L).unavailable = true;
        try (WeirClient client = WeirClient.to(new Servers(servers))) {
            assertThat(awaitAnswer(client)).isEqualTo(2);

            replicas.get(2L).unavailable = true;
            assertThat(awaitAnswer(client)).isEqualTo(3);

            replicas.get(3L).unavailable = true;
            replicas.get(1L).unavailable = false;
            assertThat(awaitAnswer(client)).isEqualTo(1);
        }
    }

    @Test
    void afterAllWereUnavailableTheFirstThatIsBackAnswers() throws Exception {
        start(socket("a"), 1);
        start(socket("b"), 2);
        replicas.get(1L).unavailable = true;
        replicas.get(2L).unavailable = true;
        try (WeirClient client = WeirClient.to(Servers.of(socket("a"), socket("b")))) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> whoAnswers(client))
                        .isInstanceOf(ServerUnreachableException.class);
            }
            replicas.get(2L).unavailable = false;

            assertThat(awaitAnswer(client)).isEqualTo(2);
        }
    }

    @Test
    void whenNobodyAnswersAllAreNamed() {
        Servers servers = Servers.of(socket("a"), socket("b"));
        try (WeirClient client = WeirClient.to(servers)) {
            assertThatThrownBy(client::status)
                    .isInstanceOf(ServerUnreachableException.class)
                    .hasMessageContaining(servers.toString());
        }
    }
}
