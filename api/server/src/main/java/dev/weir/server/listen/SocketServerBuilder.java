package dev.weir.server.listen;

import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Builds a gRPC server on Vert.x's event loops, for a Unix socket or TCP, without a native library.
 */
final class SocketServerBuilder extends ForwardingServerBuilder<SocketServerBuilder> {
    /** Clients may ask as often whether somebody is still there; they ask after 10 s of silence. */
    private static final Duration PINGS = Duration.ofSeconds(5);

    private final ListenAddress address;
    private final NettyServerBuilder netty;

    SocketServerBuilder(Vertx vertx, ListenAddress address) {
        this.address = address;
        this.netty =
                switch (address) {
                    case ListenAddress.Unix(var path) ->
                            NettyServerBuilder.forAddress(
                                            UnixDomainSocketAddress.of(
                                                    new SocketFile(path).binding()))
                                    .channelType(NioServerDomainSocketChannel.class)
                                    // gRPC asks for it, and Netty warns at every connection.
                                    .withChildOption(ChannelOption.SO_KEEPALIVE, null);
                    case ListenAddress.Tcp(var host, var port) ->
                            NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                                    .channelType(NioServerSocketChannel.class);
                };
        EventLoopGroup loops = vertx.nettyEventLoopGroup();
        // Quarkus keeps the request scope in the Vert.x context, so every call has to start on one.
        Context context = vertx.getOrCreateContext();
        netty.permitKeepAliveTime(PINGS.toMillis(), TimeUnit.MILLISECONDS)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(call -> context.runOnContext(ignored -> call.run()));
    }

    @Override
    protected ServerBuilder<?> delegate() {
        return netty;
    }

    @Override
    public Server build() {
        Server server = netty.build();
        return switch (address) {
            case ListenAddress.Unix(var path) -> new UnixServer(server, new SocketFile(path));
            case ListenAddress.Tcp tcp -> server;
        };
    }
}
