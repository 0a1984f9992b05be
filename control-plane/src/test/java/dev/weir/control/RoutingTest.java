package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statuses of routes, and what goes with their namespace. */
class RoutingTest {
    private static final Key INGRESS = Kinds.INGRESS.key("shop", "shop");
    private static final Key GATEWAY = Kinds.GATEWAY.key("shop", "g");
    private static final Key ROUTE = Kinds.HTTP_ROUTE.key("shop", "r");

    private static final String GATEWAY_AND_ROUTE =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g, namespace: shop}
            spec:
              gatewayClassName: weir
              listeners: [{name: http, port: 80, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              parentRefs: [{name: g}]
              rules: [{backendRefs: [{name: web, port: 80}]}]
            """;

    /** As long as nothing may be written for the shard to count as at rest. */
    private static final Duration REST = Duration.ofMillis(700);

    private Cluster cluster;
    private RouteObjects objects;
    private TestProxy proxy;

    @BeforeEach
    void open() {
        cluster = new Cluster(Duration.ofMinutes(1), 10_000);
        objects = new RouteObjects(cluster.channel);
        proxy = new TestProxy(cluster);
        cluster.startServices();
        cluster.createNamespace("shop");
        var unused = objects.create(RouteObjects.CLASSES);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private <T extends Message> T object(Class<T> type, Key key) {
        return cluster.control.image().find(type, key).orElseThrow();
    }

    private Code refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
    }

    private void ingressService() {
        Service.Builder service = Service.newBuilder();
        service.getSpecBuilder().addPortsBuilder().setPort(80).setProtocol("TCP");
        service.getStatusBuilder().getLoadBalancerBuilder().addIngressBuilder().setIp("192.0.2.80");
        service.getMetadataBuilder().setNamespace("weir-system").setName("ingress");
        Cluster.put(cluster.endpoint, Kinds.SERVICE.key("weir-system", "ingress"), service.build());
        service.clearStatus().getMetadataBuilder().setNamespace("shop").setName("web");
        Cluster.put(cluster.endpoint, Kinds.SERVICE.key("shop", "web"), service.build());
    }

    private Map<String, String> programmed() {
        return Map.of(
                "ingress",
                programmed(object(Ingress.class, INGRESS).getStatus().getConditionsList()),
                "gateway",
                programmed(object(Gateway.class, GATEWAY).getStatus().getConditionsList()),
                "route",
                object(HttpRoute.class, ROUTE).getStatus().getParentsList().stream()
                        .map(parent -> programmed(parent.getConditionsList()))
                        .findFirst()
                        .orElse("none"));
    }

    /** Status, reason and generation of the condition. */
    private static String programmed(List<Condition> conditions) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals("Programmed"))
                .map(c -> c.getStatus() + " " + c.getReason() + " " + c.getObservedGeneration())
                .findFirst()
                .orElse("none");
    }

    private void awaitProgrammed(String ingress, String gateway, String route) throws Exception {
        Map<String, String> wanted = Map.of("ingress", ingress, "gateway", gateway, "route", route);
        await("Programmed is " + wanted, () -> programmed().equals(wanted));
    }

    /** Returns once nothing is written for a while. */
    private long resting() throws Exception {
        long[] last = {0, 0};
        await(
                "nothing more is written to the control shard",
                () -> {
                    long revision = cluster.control.image().revision();
                    long now = System.nanoTime();
                    if (revision != last[0]) {
                        last[0] = revision;
                        last[1] = now;
                    }
                    return now - last[1] > REST.toNanos();
                });
        return last[0];
    }

    @Test
    void statusesFollowWhatProxiesCarryAndComeToRest() throws Exception {
        ingressService();
        var unused = objects.create(RouteObjects.INGRESS + "---\n" + GATEWAY_AND_ROUTE);
        awaitProgrammed("False NoResources 1", "False NoResources 1", "False NoResources 1");

        proxy.start();
        awaitProgrammed("False Pending 1", "False Pending 1", "False Pending 1");
        resting();
        proxy.carries(cluster.control);
        awaitProgrammed("True Programmed 1", "True Programmed 1", "True Programmed 1");

        long rest = resting();
        proxy.carries(cluster.control);
        assertThat(resting()).isEqualTo(rest);
        Ingress ingress = object(Ingress.class, INGRESS);
        assertThat(ingress.getStatus().getLoadBalancer().getIngressList())
                .singleElement()
                .satisfies(shown -> assertThat(shown.getIp()).isEqualTo("192.0.2.80"));
        assertThat(ingress.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(object(Gateway.class, GATEWAY).getStatus().getAddressesList())
                .singleElement()
                .satisfies(shown -> assertThat(shown.getValue()).isEqualTo("192.0.2.80"));
    }

    @Test
    void whatIsEditedHasToBeCarriedAnew() throws Exception {
        ingressService();
        proxy.start();
        var unused = objects.create(RouteObjects.INGRESS + "---\n" + GATEWAY_AND_ROUTE);
        resting();
        proxy.carries(cluster.control);
        awaitProgrammed("True Programmed 1", "True Programmed 1", "True Programmed 1");

        Commit edited = objects.update(RouteObjects.INGRESS.replace("number: 80", "number: 81"));

        awaitProgrammed("False Pending 2", "True Programmed 1", "True Programmed 1");
        assertThat(object(Ingress.class, INGRESS).getStatus().getLoadBalancer().getIngressCount())
                .as("addresses stay over an edit")
                .isOne();
        assertThat(edited.getRevision()).isPositive();
        proxy.carries(cluster.control);
        awaitProgrammed("True Programmed 2", "True Programmed 1", "True Programmed 1");
    }

    @Test
    void aNamespaceTakesItsSecretsAndRoutesWithIt() throws Exception {
        cluster.createNamespace("other");
        var unused =
                objects.create(
                        String.join(
                                "---\n",
                                RouteObjects.INGRESS,
                                GATEWAY_AND_ROUTE,
                                RouteObjects.secret("shop", "cert", "1"),
                                RouteObjects.secret("other", "cert", "1")));

        var deleted =
                cluster.namespaces().delete(DeleteRequest.newBuilder().setName("shop").build());

        await(
                "namespace shop is gone",
                () -> cluster.control.image().get(Kinds.NAMESPACE.key("", "shop")).isEmpty());
        assertThat(deleted.getCommit().getRevision()).isPositive();
        assertThat(cluster.secret.image().objects().keySet())
                .containsExactly(Kinds.SECRET.key("other", "cert"));
        assertThat(cluster.control.image().objects().keySet())
                .doesNotContain(INGRESS, GATEWAY, ROUTE);
        assertThat(refusal(() -> objects.create(RouteObjects.secret("shop", "cert", "1"))))
                .isEqualTo(Code.NOT_FOUND);
    }
}
