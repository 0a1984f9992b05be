package dev.weir.service;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import dev.weir.broker.ForkedBroker;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LeasesGrpc;
import dev.weir.net.v1.RenewLeaseRequest;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.ReportRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of endpoints whose nodes, or whose registrants, go silent: by the packaged control
 * plane and endpoint service, on a broker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SilenceIT {
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration TERM = Duration.ofSeconds(3);

    /** Far below both. */
    private static final Duration PAUSE = Duration.ofMillis(300);

    private static final Duration CALL = Duration.ofSeconds(30);

    /** One silent node among so many is drained. */
    private static final Set<String> NODES =
            IntStream.rangeClosed(1, 4).mapToObj(i -> "node-" + i).collect(Collectors.toSet());

    @TempDir private static Path directory;
    private final List<Instance> all = new ArrayList<>();
    private final Set<String> reporting = ConcurrentHashMap.newKeySet();
    private ForkedBroker broker;
    private Instance front;
    private WeirClient client;
    private volatile boolean stopped;

    @BeforeAll
    void start() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        broker = ForkedBroker.start(directory.resolve("kafka"));
        front = instance(Role.CONTROL_PLANE);
        Instance endpoints = instance(Role.ENDPOINT_SERVICE);
        client = WeirClient.to(front.address());
        awaitWriter(front, "control");
        awaitWriter(endpoints, "endpoint");
    }

    private static void awaitWriter(Instance service, String shard) throws Exception {
        Await.until(
                "it writes shard " + shard,
                () -> service.probe("ready").contains("writer of shard " + shard),
                service::said);
    }

    private Instance instance(Role role) throws Exception {
        Instance instance =
                Instance.start(
                        role,
                        role + "-a",
                        directory,
                        broker.bootstrap(),
                        "-Dweir.node-silence=" + SILENCE);
        all.add(instance);
        return instance;
    }

    @AfterAll
    void stop() throws Exception {
        stopped = true;
        if (client != null) {
            client.close();
        }
        for (Instance instance : all) {
            instance.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private void create(String yaml) {
        var parsed = Manifests.parse("test", yaml);
        assertThat(parsed.problems()).isEmpty();
        for (var manifest : parsed.manifests()) {
            Message object = manifest.object();
            client.create(object, WriteOptions.NONE);
        }
    }

    private List<EndpointSlice> slices(String space) {
        return client.list(Kinds.ENDPOINT_SLICE, space, "").items().stream()
                .map(EndpointSlice.class::cast)
                .toList();
    }

    private long renew(String space, String name) {
        return LeasesGrpc.newBlockingStub(front.channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                .renew(RenewLeaseRequest.newBuilder().setNamespace(space).setName(name).build())
                .getRemaining()
                .getSeconds();
    }

    @Test
    void aSliceStaysWhileItIsRenewedAndGoesWhenNobodyDoes() throws Exception {
        create(
                """
                {apiVersion: v1, kind: Namespace, metadata: {name: leased}}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  namespace: leased
                  name: far
                  annotations: {weir.dev/lease-seconds: "%d"}
                addressType: IPv4
                ports: [{port: 80}]
                endpoints: [{addresses: ["192.0.2.9"], conditions: {ready: true}}]
                """
                        .formatted(TERM.toSeconds()));

        long end = System.nanoTime() + TERM.multipliedBy(2).toNanos();
        while (System.nanoTime() < end) {
            assertThat(renew("leased", "far"))
                    .as("seconds that are left")
                    .isBetween(TERM.toSeconds() - 1, TERM.toSeconds());
            Thread.sleep(PAUSE);
        }
        assertThat(slices("leased")).as("after twice its term").hasSize(1);

        long silent = System.nanoTime();
        Await.until(
                "the slice is gone",
                () -> slices("leased").isEmpty(),
                () -> slices("leased").toString());
        assertThat(Duration.ofNanos(System.nanoTime() - silent))
                .isGreaterThan(TERM.minus(PAUSE.multipliedBy(2)));
        assertThat(
                        catchThrowableOfType(
                                        StatusRuntimeException.class, () -> renew("leased", "far"))
                                .getStatus()
                                .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    private AgentsGrpc.AgentsBlockingStub agents() {
        return AgentsGrpc.newBlockingStub(front.channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS);
    }

    private void join(String node) {
        String number = node.substring(node.indexOf('-') + 1);
        Node joining =
                Node.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName(node))
                        .setStatus(
                                NodeStatus.newBuilder()
                                        .addAddresses(
                                                NodeAddress.newBuilder()
                                                        .setType("InternalIP")
                                                        .setAddress("192.0.2." + number)))
                        .build();
        agents().join(JoinRequest.newBuilder().setNode(joining).setInstance(node).build());
        reporting.add(node);
    }

    private void report() {
        while (!stopped) {
            for (String node : reporting) {
                agents().report(
                                ReportRequest.newBuilder()
                                        .setNodeName(node)
                                        .setInstance(node)
                                        .build());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Names of pods to whether they are ready; each has its node's number. */
    private Map<String, Boolean> ready() {
        return slices("shop").stream()
                .flatMap(slice -> slice.getEndpointsList().stream())
                .collect(
                        Collectors.toMap(
                                Endpoint::getNodeName, one -> one.getConditions().getReady()));
    }

    private static Map<String, Boolean> allReadyBut(String... silent) {
        return NODES.stream()
                .collect(Collectors.toMap(node -> node, node -> !List.of(silent).contains(node)));
    }

    private void await(Map<String, Boolean> wanted) throws Exception {
        Await.until(
                "ready are " + wanted,
                () -> ready().equals(wanted),
                () -> ready() + "; it said " + front.said());
    }

    @Test
    void theEndpointsOfASilentNodeAreDrainedAndComeBackWithIt() throws Exception {
        NODES.forEach(this::join);
        Thread reporter = Thread.startVirtualThread(this::report);
        create(
                """
                {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {namespace: shop, name: web}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """);
        for (String node : NODES) {
            create(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {namespace: shop, name: web-on-%1$s, labels: {app: web}}
                    spec: {nodeName: %1$s, containers: [{name: web}]}
                    status:
                      phase: Running
                      podIP: 10.244.8.%2$s
                      podIPs: [{ip: 10.244.8.%2$s}]
                      conditions: [{type: Ready, status: "True"}]
                    """
                            .formatted(node, node.substring(node.indexOf('-') + 1)));
        }
        await(allReadyBut());

        reporting.remove("node-4");
        await(allReadyBut("node-4"));
        reporting.add("node-4");
        await(allReadyBut());

        stopped = true;
        assertThat(reporter.join(CALL)).as("the reports end").isTrue();
    }
}
