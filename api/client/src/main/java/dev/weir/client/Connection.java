package dev.weir.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One channel on one thread. Uses the JDK's own sockets, so it needs no native library. When a
 * server is gone or says that it is unavailable, the next calls go to the first server that
 * accepts.
 */
public record Connection(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
    /** The largest answer; a page of 5000 objects stays below. Bytes. */
    private static final int MAX_MESSAGE = 64 << 20;

    /** A host that does not answer for so long is left for the next one. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /**
     * A host that went without a word is found out after so much silence, while calls are open. The
     * least that gRPC allows.
     */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final Duration PING_TIMEOUT = Duration.ofSeconds(2);

    /** How long a channel, or its loop, may take to end. */
    private static final Duration END = Duration.ofMillis(100);

    public static Connection open(Servers servers) {
        EventLoopGroup loop =
                new NioEventLoopGroup(1, new DefaultThreadFactory("weir-client", true));
        Class<? extends Channel> type =
                switch (servers.addresses().getFirst()) {
                    case ServerAddress.Unix unix -> NioDomainSocketChannel.class;
                    case ServerAddress.Tcp tcp -> NioSocketChannel.class;
                };
        ServerChoice choice = new ServerChoice(servers);
        NettyChannelBuilder builder =
                NettyChannelBuilder.forTarget(ServersResolver.TARGET)
                        .setNameResolverArg(ServersResolver.CHOICE, choice)
                        .intercept(choice)
                        .eventLoopGroup(loop)
                        .channelType(type, null)
                        .withOption(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) CONNECT_TIMEOUT.toMillis())
                        .keepAliveTime(SILENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        // gRPC asks for it, and Netty warns where a socket file has none.
                        .withOption(ChannelOption.SO_KEEPALIVE, null)
                        .overrideAuthority("weir")
                        .usePlaintext()
                        .directExecutor()
                        .maxInboundMessageSize(MAX_MESSAGE);
        return new Connection(builder.build(), loop);
    }

    /** Ends open calls and returns soon: a command must not wait for its threads. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            // Until then it may have work for the loop, and panics in the log when that has ended.
            channel.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(END.toMillis(), TimeUnit.MILLISECONDS);
    }
}
