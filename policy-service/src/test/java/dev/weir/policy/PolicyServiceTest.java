package dev.weir.policy;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Image;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.policy.v1.CreateNetworkPolicyRequest;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NetworkPoliciesGrpc;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyIngressRule;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicySpec;
import dev.weir.server.ShardDirectory;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service over gRPC, on logs in memory. The tests write the control shard. */
class PolicyServiceTest {
    private static final int PATIENCE = 20;

    private final SimulatedLog.Disk controlDisk = new SimulatedLog.Disk("log-1");
    private final SimulatedLog.Disk ownDisk = new SimulatedLog.Disk("log-1");
    private Shard control;
    private Shard own;
    private PolicyService service;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void open() throws IOException {
        control = Shard.open("control", controlDisk.open(), ShardConfig.of("test"));
        own = Shard.open("policy", ownDisk.open(), ShardConfig.of("test"));
        service =
                new PolicyService(
                        own, new ShardDirectory(List.of(control, own)), Clock.systemUTC());
        put(Kinds.NAMESPACE.key("", "shop"), namespace(ObjectMeta.newBuilder()));
        service.start();
        String name = InProcessServerBuilder.generateName();
        var builder = InProcessServerBuilder.forName(name);
        service.services().forEach(builder::addService);
        server = builder.build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    @AfterEach
    void close() throws Exception {
        channel.shutdownNow();
        server.shutdownNow();
        assertThat(server.awaitTermination(PATIENCE, SECONDS)).as("the server ends").isTrue();
        service.close();
        own.close();
        control.close();
    }

    private static Namespace namespace(ObjectMeta.Builder metadata) {
        return Namespace.newBuilder().setMetadata(metadata.setName("shop")).build();
    }

    private long put(Key key, Message object) {
        return write(Map.of(key, Optional.of(object)));
    }

    private long write(Map<Key, Optional<Message>> changes) {
        return control.write(Write.of(pending -> new TreeMap<>(changes))).join().revision();
    }

    private long putPod(String name, int number) {
        return put(
                Kinds.POD.key("shop", name),
                Pod.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setNamespace("shop")
                                        .setName(name)
                                        .putLabels("app", "web"))
                        .setSpec(PodSpec.newBuilder().setNodeName("n1"))
                        .setStatus(
                                PodStatus.newBuilder()
                                        .setPhase("Running")
                                        .setPodIp("10.244.0." + number)
                                        .addPodIps(PodIp.newBuilder().setIp("10.244.0." + number))
                                        .addPodIps(PodIp.newBuilder().setIp("fd00::" + number)))
                        .build());
    }

    private NetworkPoliciesGrpc.NetworkPoliciesBlockingStub policies() {
        return NetworkPoliciesGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE, SECONDS);
    }

    /** Lets the pods with app=web in. */
    private NetworkPolicy create(String namespace, String name) {
        return policies()
                .create(
                        CreateNetworkPolicyRequest.newBuilder()
                                .setObject(
                                        NetworkPolicy.newBuilder()
                                                .setMetadata(
                                                        ObjectMeta.newBuilder()
                                                                .setNamespace(namespace)
                                                                .setName(name))
                                                .setSpec(
                                                        NetworkPolicySpec.newBuilder()
                                                                .addIngress(
                                                                        NetworkPolicyIngressRule
                                                                                .newBuilder()
                                                                                .addFrom(web()))))
                                .build())
                .getObject();
    }

    private static NetworkPolicyPeer.Builder web() {
        return NetworkPolicyPeer.newBuilder()
                .setPodSelector(LabelSelector.newBuilder().putMatchLabels("app", "web"));
    }

    private Set<String> members() {
        return own.image()
                .all(Kinds.GROUP_MEMBER, GroupMember.class)
                .flatMap(member -> member.getAddressesList().stream())
                .collect(Collectors.toSet());
    }

    private void awaitMembers(String... addresses) throws InterruptedException {
        await("the members are " + Set.of(addresses), () -> members().equals(Set.of(addresses)));
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + SECONDS.toNanos(PATIENCE);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void thePodsThatAPolicyNamesBecomeMembers() throws Exception {
        putPod("web-1", 5);
        create("shop", "let-web-in");
        awaitMembers("10.244.0.5", "fd00::5");

        putPod("web-2", 6);
        awaitMembers("10.244.0.5", "fd00::5", "10.244.0.6", "fd00::6");
        long revision = write(Map.of(Kinds.POD.key("shop", "web-1"), Optional.empty()));

        awaitMembers("10.244.0.6", "fd00::6");
        assertThat(own.image().after().revision("control")).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void membersGoWithTheLastPolicyThatNamesThem() throws Exception {
        putPod("web-1", 5);
        create("shop", "a");
        create("shop", "b");
        awaitMembers("10.244.0.5", "fd00::5");

        delete("a");
        long consumed = own.image().revision();
        await("the deletion is consumed", () -> own.image().after().revision("policy") >= consumed);
        assertThat(members()).isNotEmpty();
        delete("b");

        awaitMembers();
    }

    private void delete(String name) {
        var unused =
                policies()
                        .delete(
                                DeleteRequest.newBuilder()
                                        .setNamespace("shop")
                                        .setName(name)
                                        .build());
    }

    @Test
    void aRestartChangesNoMember() throws Exception {
        putPod("web-1", 5);
        create("shop", "a");
        awaitMembers("10.244.0.5", "fd00::5");
        Image before = own.image();

        close();
        open();
        Thread.sleep(300);

        assertThat(own.image().objects()).isEqualTo(before.objects());
    }

    @Test
    void aNamespaceMustBeThere() {
        var error =
                catchThrowableOfType(StatusRuntimeException.class, () -> create("nowhere", "a"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(error.getStatus().getDescription())
                .isEqualTo("namespaces \"nowhere\" not found");
    }

    @Test
    void aNamespaceThatIsGoingTakesItsPoliciesAndTheirMembers() throws Exception {
        putPod("web-1", 5);
        create("shop", "a");
        awaitMembers("10.244.0.5", "fd00::5");

        put(
                Kinds.NAMESPACE.key("", "shop"),
                namespace(
                        ObjectMeta.newBuilder()
                                .setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1))));

        await("nothing is left", () -> own.image().objects().isEmpty());
    }
}
