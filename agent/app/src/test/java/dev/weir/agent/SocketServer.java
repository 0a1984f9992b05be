package dev.weir.agent;

import dev.weir.client.Connection;
import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A control plane's socket, and an agent's channel to it, which outlives the server. */
final class SocketServer implements AutoCloseable {
    private static final int SECONDS = 10;

    private final Path path;
    private final Connection connection;
    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    private Server server;

    private SocketServer(Path path) {
        this.path = path;
        this.connection = Connection.open(Servers.of(new ServerAddress.Unix(path)));
    }

    static SocketServer start(Path path, BindableService... services) throws IOException {
        SocketServer socket = new SocketServer(path);
        socket.serve(List.of(services));
        return socket;
    }

    ManagedChannel channel() {
        return connection.channel();
    }

    void serve(List<BindableService> services) throws IOException {
        Files.deleteIfExists(path);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
                        .channelType(NioServerDomainSocketChannel.class)
                        .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
        services.forEach(builder::addService);
        server = builder.build().start();
    }

    void stop() throws InterruptedException {
        server.shutdownNow();
        if (!server.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the server has not ended after " + SECONDS + " s");
        }
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
        stop();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
