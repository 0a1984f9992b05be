package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.control.ClusterSettings;
import dev.weir.control.ControlPlane;
import dev.weir.control.NodeRegistry;
import dev.weir.core.v1.CreateNamespaceRequest;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.server.ShardDirectory;
import io.grpc.BindableService;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the control plane, over its socket: its admission has the last word on every Pod. */
class PodRegistrarTest {
    private static final int SECONDS = 20;
    private static final Key WEB = Kinds.POD.key("default", "web");

    @TempDir private Path directory;
    private Shard control;
    private final List<Shard> others = new ArrayList<>();
    private ControlPlane plane;
    private SocketServer server;
    private PodRegistrar registrar;
    private Thread stream;

    @BeforeEach
    void open() throws Exception {
        server = SocketServer.start(directory.resolve("weir.sock"));
        serve("log-1");
        registrar =
                new PodRegistrar(
                        new Registrations("n1", List.of(IpAddress.of("192.0.2.1"))),
                        server.channel(),
                        Clock.systemUTC());
        registrar.start();
        stream = Thread.ofVirtual().start(this::observe);
    }

    private List<BindableService> control(String logId) {
        control = shard("control", logId);
        Shard endpoint = shard("endpoint", logId);
        Shard secret = shard("secret", logId);
        others.add(endpoint);
        others.add(secret);
        NodeRegistry registry = new NodeRegistry(Duration.ofMinutes(1));
        plane =
                new ControlPlane(
                        control,
                        new ShardDirectory(List.of(control, endpoint, secret)),
                        new ClusterSettings(
                                "cluster.local",
                                List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00::/56")),
                                List.of(Cidr.of("10.96.0.0/12")),
                                List.of(),
                                List.of(),
                                Duration.ofSeconds(1)),
                        registry,
                        registry,
                        Clock.systemUTC());
        plane.start();
        return plane.services();
    }

    private static Shard shard(String name, String logId) {
        return Shard.open(name, new SimulatedLog.Disk(logId).open(), ShardConfig.of("test"));
    }

    private void serve(String logId) throws Exception {
        server.stop();
        server.serve(control(logId));
    }

    /** What the node loop does: hands over each state, some of them late. */
    private void observe() {
        Image last = null;
        try {
            while (true) {
                Thread.sleep(20);
                Image now = control.image();
                if (now != last) {
                    registrar.observe(now);
                    last = now;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void close() throws Exception {
        stream.interrupt();
        registrar.close();
        plane.close();
        server.close();
        control.close();
        others.forEach(Shard::close);
    }

    private static LocalState local(Key key, boolean ready) {
        return new LocalState(
                key,
                List.of(IpAddress.of("10.244.0.5"), IpAddress.of("fd00::5")),
                Map.of("app", "web"),
                ready);
    }

    private Optional<Pod> pod(Key key) {
        return control.image().find(Pod.class, key);
    }

    private String readiness(Key key) {
        return pod(key).stream()
                .flatMap(pod -> pod.getStatus().getConditionsList().stream())
                .filter(condition -> condition.getType().equals("Ready"))
                .map(condition -> condition.getStatus())
                .findFirst()
                .orElse("");
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private void register(Key key) {
        var unused =
                PodsGrpc.newBlockingStub(server.channel())
                        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                        .create(
                                CreatePodRequest.newBuilder()
                                        .setObject(
                                                Pod.newBuilder()
                                                        .setMetadata(
                                                                ObjectMeta.newBuilder()
                                                                        .setNamespace(
                                                                                key.namespace())
                                                                        .setName(key.name())
                                                                        .putLabels("tier", "1")))
                                        .build());
    }

    private void staysAsItIs() throws InterruptedException {
        Thread.sleep(100);
        long revision = control.image().revision();
        Thread.sleep(500);
        assertThat(control.image().revision()).as("writes for nothing").isEqualTo(revision);
    }

    @Test
    void aPodThatNobodyRegisteredIsMadeAndGoes() throws Exception {
        registrar.present(local(WEB, true));

        await("the Pod is ready", () -> readiness(WEB).equals("True"));
        assertThat(pod(WEB).orElseThrow().getStatus().getPodIp()).isEqualTo("10.244.0.5");
        assertThat(pod(WEB).orElseThrow().getSpec().getNodeName()).isEqualTo("n1");
        staysAsItIs();
        registrar.absent(WEB);

        await("the Pod is gone", () -> pod(WEB).isEmpty());
    }

    @Test
    void aRegisteredPodIsBoundAndKeptWhenItsNetworkGoes() throws Exception {
        register(WEB);
        registrar.present(local(WEB, false));
        await("the Pod is bound", () -> readiness(WEB).equals("False"));
        assertThat(pod(WEB).orElseThrow().getMetadata().getLabelsMap()).containsKey("tier");
        staysAsItIs();

        registrar.ready(WEB, true);
        await("the Pod is ready", () -> readiness(WEB).equals("True"));
        registrar.absent(WEB);

        await(
                "the Pod has no address",
                () -> pod(WEB).orElseThrow().getStatus().getPodIp().isEmpty());
        assertThat(readiness(WEB)).isEqualTo("False");
        staysAsItIs();
    }

    @Test
    void whatHappenedWithoutAControlPlaneIsToldLater() throws Exception {
        registrar.present(local(WEB, true));
        await("the Pod is there", () -> pod(WEB).isPresent());
        server.stop();
        Key other = Kinds.POD.key("default", "other");
        registrar.absent(WEB);
        registrar.present(local(other, true));
        Thread.sleep(300);

        server.serve(plane.services());

        await("the Pods are as they should be", () -> pod(WEB).isEmpty() && pod(other).isPresent());
    }

    @Test
    void aNamespaceThatIsMissingIsWaitedFor() throws Exception {
        Key key = Kinds.POD.key("shop", "web");
        registrar.present(local(key, true));
        Thread.sleep(500);
        assertThat(pod(key)).isEmpty();

        var unused =
                NamespacesGrpc.newBlockingStub(server.channel())
                        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                        .create(
                                CreateNamespaceRequest.newBuilder()
                                        .setObject(
                                                Namespace.newBuilder()
                                                        .setMetadata(
                                                                ObjectMeta.newBuilder()
                                                                        .setName("shop")))
                                        .build());

        await("the Pod is there", () -> pod(key).isPresent());
    }

    @Test
    void aPodThatSomebodyDeletesIsMadeAgain() throws Exception {
        registrar.present(local(WEB, true));
        await("the Pod is there", () -> pod(WEB).isPresent());
        String uid = pod(WEB).orElseThrow().getMetadata().getUid();

        var unused =
                PodsGrpc.newBlockingStub(server.channel())
                        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
                        .delete(
                                dev.weir.core.v1.DeleteRequest.newBuilder()
                                        .setNamespace("default")
                                        .setName("web")
                                        .build());

        await(
                "another Pod is there",
                () -> pod(WEB).map(pod -> !pod.getMetadata().getUid().equals(uid)).orElse(false));
    }

    @Test
    void inAnotherLogEverythingIsToldAnew() throws Exception {
        for (int i = 0; i < 20; i++) {
            registrar.ready(WEB, i % 2 == 0);
            registrar.present(local(WEB, i % 2 == 0));
            Thread.sleep(30);
        }
        await("the Pod is there", () -> pod(WEB).isPresent());
        Shard former = control;
        ControlPlane formerPlane = plane;

        serve("log-2");
        formerPlane.close();
        former.close();

        await("the Pod is in the other log", () -> pod(WEB).isPresent());
    }
}
