package dev.weir.agent.probe;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ready when it answers SERVING, without TLS.
 *
 * @param service what is asked for; empty for the server as a whole
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/health-checking.md">GRPC Health
 *     Checking Protocol</a>
 */
record GrpcCheck(InetSocketAddress at, String service) implements Check {
    /** Of grpc.health.v1.HealthCheckResponse.ServingStatus. */
    private static final int SERVING = 1;

    /**
     * The request has one field, a string, and the answer one, an enum, both with number 1: on the
     * wire they are these.
     */
    private static final MethodDescriptor<StringValue, Int32Value> CHECK =
            MethodDescriptor.<StringValue, Int32Value>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("grpc.health.v1.Health/Check")
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(Int32Value.getDefaultInstance()))
                    .build();

    /** Made with the first of these probes; one thread carries them all. */
    private static final class Loop {
        static final EventLoopGroup LOOP =
                new NioEventLoopGroup(1, new DefaultThreadFactory("grpc-probe", true));
    }

    /** Over a new connection each time, so that it also shows that one can be had. */
    @Override
    public boolean passes(Duration timeout) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(at)
                        .eventLoopGroup(Loop.LOOP)
                        .channelType(NioSocketChannel.class, null)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                        .proxyDetector(direct -> null)
                        .userAgent("weir-probe/1")
                        .usePlaintext()
                        .directExecutor()
                        .build();
        try {
            return ClientCalls.blockingUnaryCall(
                                    channel,
                                    CHECK,
                                    CallOptions.DEFAULT.withDeadlineAfter(
                                            timeout.toMillis(), TimeUnit.MILLISECONDS),
                                    StringValue.of(service))
                            .getValue()
                    == SERVING;
        } catch (StatusRuntimeException failed) {
            return false;
        } finally {
            channel.shutdownNow();
        }
    }
}
