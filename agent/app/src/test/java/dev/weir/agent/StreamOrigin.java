package dev.weir.agent;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.weir.client.Connection;
import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import dev.weir.control.AgentsService;
import dev.weir.control.NodeRegistry;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ObjectChange;
import dev.weir.server.ShardDirectory;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A control plane in memory, that serves over TCP. */
final class StreamOrigin implements ChangeSourceContract.Origin {
    private static final int SECONDS = 10;

    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    private final List<Connection> connections = new ArrayList<>();
    private final Map<String, SimulatedLog.Disk> disks = new HashMap<>();
    private final Map<String, Shard> shards = new HashMap<>();
    private final Wire wire = Wire.to(this::address);
    private int logs;
    private Server server;
    private @Nullable Server other;
    private volatile int port;

    StreamOrigin() throws IOException {
        makeLogs("log-" + ++logs);
        openShards();
        serve(agents());
    }

    private InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void makeLogs(String id) {
        ChangeSourceContract.SHARDS.forEach(shard -> disks.put(shard, new SimulatedLog.Disk(id)));
    }

    private void openShards() {
        disks.forEach(
                (name, disk) ->
                        shards.put(name, Shard.open(name, disk.open(), ShardConfig.of("test"))));
    }

    private AgentsService agents() {
        NodeRegistry registry = new NodeRegistry(Duration.ofMinutes(1));
        return new AgentsService(
                new ShardDirectory(List.copyOf(shards.values())), registry, registry);
    }

    private void serve(BindableService service) throws IOException {
        server = start(service);
        port = server.getPort();
    }

    private Server start(BindableService service) throws IOException {
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .channelType(NioServerSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(service)
                .build()
                .start();
    }

    private void stop() throws InterruptedException {
        wire.breakOpen();
        server.shutdownNow();
        if (!server.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the server has not ended after " + SECONDS + " s");
        }
    }

    @Override
    public Shard shard(String name) {
        return shards.get(name);
    }

    @Override
    public ChangeSource source() {
        return source(Servers.of(new ServerAddress.Tcp("127.0.0.1", wire.port())));
    }

    /** With two replicas to choose from; only the first is behind the wire. */
    ChangeSource sourceOfTwo() throws IOException {
        other = start(agents());
        return source(
                Servers.of(
                        new ServerAddress.Tcp("127.0.0.1", wire.port()),
                        new ServerAddress.Tcp("127.0.0.1", other.getPort())));
    }

    private ChangeSource source(Servers servers) {
        Connection connection = Connection.open(servers);
        connections.add(connection);
        return new StreamChangeSource("n1", connection.channel());
    }

    @Override
    public Wire wire() {
        return wire;
    }

    @Override
    public void restart() throws Exception {
        stop();
        serve(agents());
    }

    @Override
    public void forget() throws Exception {
        stop();
        shards.values().forEach(Shard::close);
        openShards();
        serve(agents());
    }

    @Override
    public void replace() throws Exception {
        makeLogs("log-" + ++logs);
        forget();
    }

    /** Only what was there before anything was written. */
    @Override
    public void keep() {}

    @Override
    public void bringBack() throws Exception {
        makeLogs("log-" + logs);
        forget();
    }

    /** Sends what no agent can read, and nothing else. */
    private static final class Garbled extends AgentsGrpc.AgentsImplBase {
        private final ObjectChange broken;

        Garbled(ObjectChange broken) {
            this.broken = broken;
        }

        @Override
        public void follow(FollowRequest request, StreamObserver<FollowResponse> out) {
            long next =
                    request.getResume().getRevisionsOrDefault(ChangeSourceContract.CONTROL, 0) + 1;
            out.onNext(
                    FollowResponse.newBuilder()
                            .setShard(ChangeSourceContract.CONTROL)
                            .setLogId(request.getResume().getLogId())
                            .setRevision(next)
                            .addChanges(broken)
                            .build());
            // Stays open, as a stream does.
        }
    }

    @Override
    public void garble(ChangeSourceContract.Unreadable what) throws Exception {
        stop();
        ObjectChange.Builder change = ObjectChange.newBuilder().setRevision(1);
        serve(
                new Garbled(
                        switch (what) {
                            case KIND_OF_A_LATER_VERSION ->
                                    change.setKey(new Key("Someday", "shop", "a").toProto())
                                            .setPut(Any.getDefaultInstance())
                                            .build();
                            case BYTES ->
                                    change.setKey(Kinds.NAMESPACE.key("", "z").toProto())
                                            .setPut(
                                                    Any.newBuilder()
                                                            .setValue(
                                                                    ByteString.copyFromUtf8(
                                                                            "\u0007\u0007")))
                                            .build();
                        }));
    }

    @Override
    public void mend() throws Exception {
        restart();
    }

    @Override
    public void close() throws Exception {
        connections.forEach(Connection::close);
        wire.close();
        stop();
        if (other != null) {
            other.shutdownNow();
        }
        shards.values().forEach(Shard::close);
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
