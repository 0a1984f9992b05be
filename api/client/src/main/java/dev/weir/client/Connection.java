package dev.weir.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/** One channel on one thread. Uses the JDK's own sockets, so it needs no native library. */
public record Connection(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
    /** The largest answer; a page of 5000 objects stays below. Bytes. */
    private static final int MAX_MESSAGE = 64 << 20;

    public static Connection open(ServerAddress server) {
        EventLoopGroup loop =
                new NioEventLoopGroup(1, new DefaultThreadFactory("weir-client", true));
        SocketAddress address =
                switch (server) {
                    case ServerAddress.Unix(var path) -> UnixDomainSocketAddress.of(path);
                    case ServerAddress.Tcp(var host, var port) -> new InetSocketAddress(host, port);
                };
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(address)
                        .eventLoopGroup(loop)
                        .channelType(
                                server instanceof ServerAddress.Unix
                                        ? NioDomainSocketChannel.class
                                        : NioSocketChannel.class)
                        // gRPC asks for it, and Netty warns where a socket file has none.
                        .withOption(ChannelOption.SO_KEEPALIVE, null)
                        .overrideAuthority("weir")
                        .usePlaintext()
                        .directExecutor()
                        .maxInboundMessageSize(MAX_MESSAGE);
        return new Connection(builder.build(), loop);
    }

    /** Ends open calls and returns at once: a command must not wait for its threads. */
    @Override
    public void close() {
        channel.shutdownNow();
        var ended = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        ended.awaitUninterruptibly(100, TimeUnit.MILLISECONDS);
    }
}
