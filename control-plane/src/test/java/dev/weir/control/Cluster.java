package dev.weir.control;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.control.secret.SecretService;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.CreateNamespaceRequest;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.Write;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import dev.weir.server.DerivationLoop;
import dev.weir.server.NamespaceSweep;
import dev.weir.server.ShardDirectory;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * The control plane over gRPC, on logs in memory. The other shards are written by the tests, and by
 * services that derive nothing and only empty namespaces.
 */
final class Cluster implements AutoCloseable {
    static final int SECONDS_TO_WAIT = 20;

    final Shard control;
    final Shard endpoint;
    final Shard policy;
    final Shard secret;
    final ManagedChannel channel;
    final Server server;
    private final ControlPlane plane;
    private final SecretService secrets;
    private final List<DerivationLoop> loops = new ArrayList<>();

    /**
     * @param silence after which a node is unreachable
     * @param history changes that the shards keep
     */
    Cluster(Duration silence, int history) {
        control = shard("control", history);
        endpoint = shard("endpoint", history);
        policy = shard("policy", history);
        secret = shard("secret", history);
        ShardDirectory whole = new ShardDirectory(List.of(control, endpoint, policy, secret));
        NodeRegistry registry = new NodeRegistry(silence);
        plane =
                new ControlPlane(
                        control,
                        whole,
                        new ClusterSettings(
                                "cluster.local",
                                List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00:10:244::/56")),
                                List.of(Cidr.of("10.96.0.0/12")),
                                List.of(),
                                List.of(IpAddress.of("10.96.0.10")),
                                Duration.ofMillis(250)),
                        registry,
                        registry,
                        Clock.systemUTC());
        secrets = new SecretService(secret, whole, Clock.systemUTC());
        String name = InProcessServerBuilder.generateName();
        var builder = InProcessServerBuilder.forName(name);
        AgentsService agents = new AgentsService(whole, registry, registry);
        for (BindableService service : plane.services()) {
            builder.addService(service instanceof AgentWrites ? agents.with(service) : service);
        }
        secrets.services().forEach(builder::addService);
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        channel = InProcessChannelBuilder.forName(name).build();
        plane.start();
        secrets.start();
    }

    private static Shard shard(String name, int history) {
        return Shard.open(
                name,
                new SimulatedLog.Disk("log-1").open(),
                new ShardConfig(
                        "test",
                        ShardConfig.QUEUE,
                        ShardConfig.GROUP,
                        history,
                        ShardConfig.MAX_WAIT,
                        ShardConfig.CLOSE_WAIT));
    }

    /** From here on the service consumes what others write, and empties namespaces. */
    void startService(Shard own) {
        var loop =
                new DerivationLoop(
                        own,
                        List.of(control),
                        new NamespaceSweep(own.shard(), steps -> new TreeMap<>()));
        loop.start();
        loops.add(loop);
    }

    void startServices() {
        startService(endpoint);
        startService(policy);
    }

    AgentsGrpc.AgentsBlockingStub agents() {
        return AgentsGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS_TO_WAIT, SECONDS);
    }

    NamespacesGrpc.NamespacesBlockingStub namespaces() {
        return NamespacesGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS_TO_WAIT, SECONDS);
    }

    PodsGrpc.PodsBlockingStub pods() {
        return PodsGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS_TO_WAIT, SECONDS);
    }

    Commit createNamespace(String name) {
        return namespaces()
                .create(
                        CreateNamespaceRequest.newBuilder()
                                .setObject(
                                        Namespace.newBuilder()
                                                .setMetadata(ObjectMeta.newBuilder().setName(name)))
                                .build())
                .getCommit();
    }

    Commit createPod(String namespace, String name) {
        return pods().create(
                        CreatePodRequest.newBuilder()
                                .setObject(
                                        Pod.newBuilder()
                                                .setMetadata(
                                                        ObjectMeta.newBuilder()
                                                                .setNamespace(namespace)
                                                                .setName(name)))
                                .build())
                .getCommit();
    }

    static JoinRequest joining(String name, String instance, String... addresses) {
        NodeStatus.Builder status = NodeStatus.newBuilder();
        for (String address : addresses) {
            status.addAddresses(NodeAddress.newBuilder().setType("InternalIP").setAddress(address));
        }
        return JoinRequest.newBuilder()
                .setInstance(instance)
                .setNode(
                        Node.newBuilder()
                                .setMetadata(ObjectMeta.newBuilder().setName(name))
                                .setStatus(status))
                .build();
    }

    void join(String node) {
        var unused = agents().join(joining(node, node + "-1", "192.0.2.1", "2001:db8::1"));
    }

    ReportResponse report(String node, Frontier programmed, Problem... problems) {
        return agents().report(
                        ReportRequest.newBuilder()
                                .setNodeName(node)
                                .setInstance(node + "-1")
                                .setProgrammed(programmed.toProto())
                                .addAllProblems(List.of(problems))
                                .build());
    }

    /** All that is in the three shards now. */
    Frontier head() {
        return new ShardDirectory(List.of(control, endpoint, policy)).head();
    }

    /** Writes the object as it is, past every check. */
    static long put(Shard shard, Key key, Message object) {
        return write(shard, Map.of(key, Optional.of(object)));
    }

    static long write(Shard shard, Map<Key, Optional<Message>> changes) {
        return shard.write(Write.of(pending -> new TreeMap<>(changes))).join().revision();
    }

    static void await(String what, Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + SECONDS.toNanos(SECONDS_TO_WAIT);
        while (!holds.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + SECONDS_TO_WAIT + " s: " + what);
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        if (!server.awaitTermination(SECONDS_TO_WAIT, SECONDS)) {
            throw new AssertionError("the server has not ended");
        }
        loops.forEach(DerivationLoop::close);
        secrets.close();
        plane.close();
        policy.close();
        secret.close();
        endpoint.close();
        control.close();
    }
}
