package dev.weir.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Container;
import dev.weir.core.v1.GrpcAction;
import dev.weir.core.v1.Probe;
import dev.weir.model.IpAddress;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a server that knows the protocol as bytes only. */
class GrpcCheckTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final EventLoopGroup loop = new NioEventLoopGroup(1);
    private final AtomicReference<String> request = new AtomicReference<>("");
    private Server server;

    @AfterEach
    void close() throws InterruptedException {
        if (server != null) {
            server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns its port. */
    private int serve(String host, String method, byte[] answer, long delayMillis)
            throws Exception {
        MethodDescriptor<byte[], byte[]> check =
                MethodDescriptor.<byte[], byte[]>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(method)
                        .setRequestMarshaller(new Bytes())
                        .setResponseMarshaller(new Bytes())
                        .build();
        server =
                NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
                        .bossEventLoopGroup(loop)
                        .workerEventLoopGroup(loop)
                        .channelType(NioServerSocketChannel.class)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .addService(
                                ServerServiceDefinition.builder(check.getServiceName())
                                        .addMethod(
                                                check,
                                                ServerCalls.asyncUnaryCall(
                                                        (asked, observer) -> {
                                                            request.set(
                                                                    HexFormat.of()
                                                                            .formatHex(asked));
                                                            sleep(delayMillis);
                                                            observer.onNext(answer);
                                                            observer.onCompleted();
                                                        }))
                                        .build())
                        .build()
                        .start();
        return server.getPort();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Check check(String host, int port, String service) {
        Probe probe =
                Probe.newBuilder()
                        .setGrpc(GrpcAction.newBuilder().setPort(port).setService(service))
                        .build();
        return Check.of(
                Container.newBuilder().setReadinessProbe(probe).build(), IpAddress.of(host));
    }

    /** Answers are UNKNOWN, SERVING, NOT_SERVING and SERVICE_UNKNOWN. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, '', false",
        "127.0.0.1, 0801, true",
        "::1, 0801, true",
        "127.0.0.1, 0802, false",
        "127.0.0.1, 0803, false"
    })
    void onlyServingIsReady(String host, String answer, boolean ready) throws Exception {
        int port = serve(host, "grpc.health.v1.Health/Check", HexFormat.of().parseHex(answer), 0);

        assertThat(check(host, port, "").passes(TIMEOUT)).isEqualTo(ready);
        assertThat(request).hasValue("");
    }

    @Test
    void aServiceIsAskedForByName() throws Exception {
        int port = serve("127.0.0.1", "grpc.health.v1.Health/Check", new byte[] {8, 1}, 0);

        assertThat(check("127.0.0.1", port, "web").passes(TIMEOUT)).isTrue();

        assertThat(request).hasValue("0a03776562");
    }

    @Test
    void aServerWithoutTheProtocolIsNotReady() throws Exception {
        int port = serve("127.0.0.1", "shop.Web/Get", new byte[] {8, 1}, 0);

        assertThat(check("127.0.0.1", port, "").passes(TIMEOUT)).isFalse();
    }

    @Test
    void aSlowAnswerIsNone() throws Exception {
        int port = serve("127.0.0.1", "grpc.health.v1.Health/Check", new byte[] {8, 1}, 5_000);

        assertThat(check("127.0.0.1", port, "").passes(SHORT)).isFalse();
    }

    @Test
    void whereNobodyOrSomethingElseListensIsNotReady() throws Exception {
        int port;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = silent.getLocalPort();
            assertThat(check("127.0.0.1", port, "").passes(SHORT)).isFalse();
        }

        assertThat(check("127.0.0.1", port, "").passes(TIMEOUT)).isFalse();
    }
}
