package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Image;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Pod;
import dev.weir.log.Shard;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.policy.v1.NetworkPolicy;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamespacesTest {
    private static final Key SHOP = Kinds.NAMESPACE.key("", "shop");
    private static final Key POD = Kinds.POD.key("shop", "web");
    private static final Key SERVICE = Kinds.SERVICE.key("shop", "web");
    private static final Key POLICY = Kinds.NETWORK_POLICY.key("shop", "deny");

    private Cluster cluster;

    @BeforeEach
    void open() {
        cluster = new Cluster(Duration.ofMinutes(1), 10_000);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private long delete(String name) {
        return cluster.namespaces()
                .delete(DeleteRequest.newBuilder().setName(name).build())
                .getCommit()
                .getRevision();
    }

    private Optional<Namespace> shop() {
        return cluster.control.image().find(Namespace.class, SHOP);
    }

    private void fill() {
        cluster.createNamespace("shop");
        cluster.createPod("shop", "web");
        cluster.createPod("default", "web");
        Cluster.put(cluster.endpoint, SERVICE, Service.getDefaultInstance());
        Cluster.put(cluster.policy, POLICY, NetworkPolicy.getDefaultInstance());
    }

    private static boolean holds(Shard shard, Key key) {
        return shard.image().get(key).isPresent();
    }

    @Test
    void someAreThereFromTheStart() {
        assertThat(cluster.control.image().all(Kinds.NAMESPACE, Namespace.class))
                .hasSize(3)
                .allSatisfy(
                        namespace -> {
                            assertThat(namespace.getStatus().getPhase()).isEqualTo("Active");
                            assertThat(namespace.getMetadata().getLabelsMap())
                                    .containsEntry(
                                            "kubernetes.io/metadata.name",
                                            namespace.getMetadata().getName());
                        })
                .extracting(namespace -> namespace.getMetadata().getName())
                .containsExactly("default", "kube-system", "weir-system");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "kube-system", "weir-system"})
    void thoseMayNotGo(String name) {
        var error = catchThrowableOfType(StatusRuntimeException.class, () -> delete(name));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(error.getStatus().getDescription())
                .isEqualTo(
                        "namespaces \""
                                + name
                                + "\" is forbidden: this namespace may not be"
                                + " deleted");
    }

    @Test
    void oneThatIsGoingWaitsForTheOtherShards() throws Exception {
        fill();

        delete("shop");

        await("the pods of the namespace are gone", () -> !holds(cluster.control, POD));
        Thread.sleep(200);
        Namespace going = shop().orElseThrow();
        assertThat(going.getStatus().getPhase()).isEqualTo("Terminating");
        assertThat(going.getMetadata().hasDeletionTimestamp()).isTrue();
        assertThat(holds(cluster.endpoint, SERVICE)).isTrue();
        assertThat(holds(cluster.control, Kinds.POD.key("default", "web"))).isTrue();
    }

    @Test
    void itGoesOnceAllShardsAreEmptyAndNotBefore() throws Exception {
        fill();
        delete("shop");

        cluster.startService(cluster.endpoint);
        await("the endpoint shard is empty", () -> !holds(cluster.endpoint, SERVICE));
        Thread.sleep(200);
        assertThat(shop()).isPresent();
        cluster.startService(cluster.policy);
        await("the namespace is gone", () -> shop().isEmpty());

        assertThat(Stream.of(cluster.control, cluster.endpoint, cluster.policy).map(Shard::image))
                .allMatch(NamespacesTest::nothingOfShop);
        assertThat(holds(cluster.control, Kinds.POD.key("default", "web"))).isTrue();
    }

    private static boolean nothingOfShop(Image image) {
        return image.objects().keySet().stream().noneMatch(key -> key.namespace().equals("shop"));
    }

    @Test
    void anEmptyOneWaitsUntilTheOtherShardsKnow() throws Exception {
        cluster.createNamespace("shop");

        delete("shop");
        Thread.sleep(200);
        assertThat(shop()).isPresent();
        cluster.startServices();

        await("the namespace is gone", () -> shop().isEmpty());
    }

    @Test
    void nothingNewComesIntoOneThatIsGoing() {
        cluster.createNamespace("shop");
        delete("shop");

        var error =
                catchThrowableOfType(
                        StatusRuntimeException.class, () -> cluster.createPod("shop", "late"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(error.getStatus().getDescription())
                .isEqualTo(
                        "pods \"late\" is forbidden: unable to create new content in namespace shop"
                                + " because it is being terminated");
    }

    @Test
    void deletingOneThatIsGoingChangesNothing() {
        cluster.createNamespace("shop");
        delete("shop");

        assertThat(delete("shop")).isZero();
    }

    @Test
    void theNameCanBeUsedAgainOnceItIsGone() throws Exception {
        cluster.startServices();
        cluster.createNamespace("shop");
        String uid = shop().orElseThrow().getMetadata().getUid();
        delete("shop");
        await("the namespace is gone", () -> shop().isEmpty());

        cluster.createNamespace("shop");

        assertThat(shop().orElseThrow().getMetadata().getUid()).isNotEqualTo(uid);
        cluster.createPod("shop", "web");
        assertThat(cluster.control.image().find(Pod.class, POD)).isPresent();
    }

    @Test
    void severalGoAtOnce() throws Exception {
        cluster.startServices();
        for (int i = 0; i < 20; i++) {
            cluster.createNamespace("ns-" + i);
            cluster.createPod("ns-" + i, "web");
        }

        for (int i = 0; i < 20; i++) {
            delete("ns-" + i);
        }

        await(
                "only the namespaces that are always there are left",
                () -> cluster.control.image().all(Kinds.NAMESPACE, Namespace.class).count() == 3);
        assertThat(cluster.control.image().all(Kinds.POD, Pod.class)).isEmpty();
    }
}
