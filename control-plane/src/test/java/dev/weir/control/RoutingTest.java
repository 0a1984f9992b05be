package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static dev.weir.control.Cluster.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Ingress;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes, proxies beside them, and what both carry. */
class RoutingTest {
    private static final String PROXY = "weir-system/ingress-a";
    private static final Key PROXY_POD = Kinds.POD.key("weir-system", "ingress-a");
    private static final Key INGRESS = Kinds.INGRESS.key("shop", "shop");
    private static final Key GATEWAY = Kinds.GATEWAY.key("shop", "g");
    private static final Key ROUTE = Kinds.HTTP_ROUTE.key("shop", "r");

    private static final String SHOP =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop, namespace: shop}
            spec:
              ingressClassName: weir
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """;
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

    @BeforeEach
    void open() {
        cluster = new Cluster(Duration.ofMinutes(1), 10_000);
        objects = new RouteObjects(cluster.channel);
        cluster.startServices();
        cluster.createNamespace("shop");
        var unused = objects.create(RouteObjects.CLASSES);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private static JoinRequest proxyJoining(String proxy) {
        return joining("n1", "i1", "203.0.113.9").toBuilder().setProxy(proxy).build();
    }

    private void report(String proxy, Frontier programmed) {
        var unused =
                cluster.agents()
                        .report(
                                ReportRequest.newBuilder()
                                        .setNodeName("n1")
                                        .setProxy(proxy)
                                        .setInstance("i1")
                                        .setProgrammed(programmed.toProto())
                                        .build());
    }

    private void proxyPod(String phase) {
        Pod.Builder pod = Pod.newBuilder();
        pod.getMetadataBuilder()
                .setNamespace("weir-system")
                .setName("ingress-a")
                .putLabels("weir.dev/plane", "l7");
        pod.getSpecBuilder().setNodeName("n1");
        pod.getStatusBuilder().setPhase(phase);
        var unused = Cluster.put(cluster.control, PROXY_POD, pod.build());
    }

    /** A node, and a proxy on it that has nothing yet. */
    private void nodeAndProxy() {
        cluster.join("n1");
        proxyPod("Running");
        var unused = cluster.agents().join(proxyJoining(PROXY));
    }

    private Frontier at(String shard) {
        var of =
                switch (shard) {
                    case Shards.CONTROL -> cluster.control;
                    case Shards.ENDPOINT -> cluster.endpoint;
                    case Shards.SECRET -> cluster.secret;
                    default -> throw new IllegalArgumentException(shard);
                };
        return Frontier.of("log-1", shard, of.image().revision());
    }

    private <T extends Message> T object(Class<T> type, Key key) {
        return cluster.control.image().find(type, key).orElseThrow();
    }

    private Code refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
    }

    // ---- who joins

    @Test
    void aProxyJoinsBesideItsNode() {
        cluster.join("n1");
        cluster.report("n1", at(Shards.CONTROL));
        proxyPod("Running");
        Stored node = cluster.control.image().get(Kinds.NODE.key("", "n1")).orElseThrow();

        var answer = cluster.agents().join(proxyJoining(PROXY));
        report(PROXY, at(Shards.ENDPOINT));

        assertThat(answer.getClusterDomain()).isEqualTo("cluster.local");
        assertThat(cluster.control.image().get(Kinds.NODE.key("", "n1"))).contains(node);
        List<NodeReport> reports =
                cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList();
        assertThat(reports).extracting(NodeReport::getProxy).containsExactly("", PROXY);
        assertThat(reports).extracting(NodeReport::getNodeName).containsOnly("n1");
        assertThat(reports).allMatch(NodeReport::getReachable);
        assertThat(reports.get(0).getProgrammed().getRevisionsMap()).containsOnlyKeys("control");
        assertThat(reports.get(1).getProgrammed().getRevisionsMap()).containsOnlyKeys("endpoint");
    }

    /** It would be taken for the node of that name. */
    @Test
    void aProxyIsNamedAsItsPod() {
        for (String name : List.of("n1", "/n1", "n1/", "a/b/c")) {
            assertThat(refusal(() -> cluster.agents().join(proxyJoining(name))))
                    .as(name)
                    .isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal(() -> report(name, Frontier.EMPTY)))
                    .as(name)
                    .isEqualTo(Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void secretsCannotBeFollowed() {
        var stream =
                cluster.agents()
                        .follow(
                                FollowRequest.newBuilder()
                                        .addShards(Shards.CONTROL)
                                        .addShards(Shards.SECRET)
                                        .build());

        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, stream::next);

        assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription())
                .contains("shard secret cannot be followed");
    }

    // ---- what is waited for

    private Iterator<WaitProgrammedResponse> waiting(Commit commit) {
        return cluster.agents()
                .waitProgrammed(
                        WaitProgrammedRequest.newBuilder()
                                .setFrontier(
                                        Frontier.of(
                                                        commit.getLogId(),
                                                        commit.getShard(),
                                                        commit.getRevision())
                                                .toProto())
                                .build());
    }

    /** Until exactly these are waited for. */
    private static void awaitWaitingFor(Iterator<WaitProgrammedResponse> wait, String... names) {
        WaitProgrammedResponse last = wait.next();
        while (!last.getWaitingForList().equals(List.of(names))) {
            assertThat(last.getProgrammed()).as("not yet").isFalse();
            last = wait.next();
        }
    }

    private static WaitProgrammedResponse outcome(Iterator<WaitProgrammedResponse> wait) {
        WaitProgrammedResponse last = wait.next();
        while (wait.hasNext()) {
            last = wait.next();
        }
        return last;
    }

    @Test
    void routesAreWaitedForAtNodesAndProxies() throws Exception {
        nodeAndProxy();
        Commit commit = objects.create(SHOP);
        resting();
        Iterator<WaitProgrammedResponse> wait = waiting(commit);

        awaitWaitingFor(wait, "n1", PROXY);
        cluster.report("n1", cluster.head());
        awaitWaitingFor(wait, PROXY);
        report(PROXY, at(Shards.CONTROL).max(at(Shards.ENDPOINT)));
        awaitWaitingFor(wait, PROXY);
        report(PROXY, at(Shards.CONTROL).max(at(Shards.ENDPOINT)).max(at(Shards.SECRET)));

        assertThat(outcome(wait).getProgrammed()).isTrue();
    }

    @Test
    void secretsAreWaitedForAtProxiesOnly() throws Exception {
        nodeAndProxy();
        Commit commit = objects.create(secret("shop", "cert", "1"));
        Iterator<WaitProgrammedResponse> wait = waiting(commit);

        awaitWaitingFor(wait, PROXY);
        report(PROXY, Frontier.of("log-1", Shards.SECRET, commit.getRevision()));

        assertThat(outcome(wait).getProgrammed()).isTrue();
    }

    @Test
    void policiesAreWaitedForAtNodesOnly() throws Exception {
        nodeAndProxy();
        long revision =
                Cluster.put(
                        cluster.policy,
                        Kinds.NETWORK_POLICY.key("shop", "deny"),
                        NetworkPolicy.getDefaultInstance());
        Iterator<WaitProgrammedResponse> wait =
                waiting(
                        Commit.newBuilder()
                                .setLogId("log-1")
                                .setShard(Shards.POLICY)
                                .setRevision(revision)
                                .build());

        awaitWaitingFor(wait, "n1");
        await(
                "the policy shard has taken notice",
                () -> cluster.policy.image().after().revision(Shards.POLICY) >= revision);
        cluster.report("n1", cluster.head());

        assertThat(outcome(wait).getProgrammed()).isTrue();
    }

    @Test
    void aProxyWhosePodHasEndedIsNotWaitedFor() throws Exception {
        nodeAndProxy();
        Commit commit = objects.create(secret("shop", "cert", "1"));
        Iterator<WaitProgrammedResponse> wait = waiting(commit);
        awaitWaitingFor(wait, PROXY);

        proxyPod("Succeeded");

        assertThat(outcome(wait).getProgrammed()).isTrue();
        assertThat(cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList())
                .extracting(NodeReport::getProxy)
                .containsExactly("");
    }

    private static String secret(String namespace, String name, String content) {
        return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        stringData: {a: '%s'}
        """
                .formatted(name, namespace, content);
    }

    // ---- what is said of them

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
        var unused = objects.create(SHOP + "---\n" + GATEWAY_AND_ROUTE);
        awaitProgrammed("False NoResources 1", "False NoResources 1", "False NoResources 1");

        nodeAndProxy();
        awaitProgrammed("False Pending 1", "False Pending 1", "False Pending 1");
        resting();
        report(PROXY, at(Shards.CONTROL));
        awaitProgrammed("True Programmed 1", "True Programmed 1", "True Programmed 1");

        long rest = resting();
        report(PROXY, at(Shards.CONTROL));
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
        nodeAndProxy();
        var unused = objects.create(SHOP + "---\n" + GATEWAY_AND_ROUTE);
        resting();
        report(PROXY, at(Shards.CONTROL));
        awaitProgrammed("True Programmed 1", "True Programmed 1", "True Programmed 1");

        Commit edited = objects.update(SHOP.replace("number: 80", "number: 81"));

        awaitProgrammed("False Pending 2", "True Programmed 1", "True Programmed 1");
        assertThat(object(Ingress.class, INGRESS).getStatus().getLoadBalancer().getIngressCount())
                .as("addresses stay over an edit")
                .isOne();
        assertThat(edited.getRevision()).isPositive();
        report(PROXY, at(Shards.CONTROL));
        awaitProgrammed("True Programmed 2", "True Programmed 1", "True Programmed 1");
    }

    // ---- what goes with its namespace

    @Test
    void aNamespaceTakesItsSecretsAndRoutesWithIt() throws Exception {
        cluster.createNamespace("other");
        var unused =
                objects.create(
                        String.join(
                                "---\n",
                                SHOP,
                                GATEWAY_AND_ROUTE,
                                secret("shop", "cert", "1"),
                                secret("other", "cert", "1")));

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
        assertThat(refusal(() -> objects.create(secret("shop", "cert", "1"))))
                .isEqualTo(Code.NOT_FOUND);
    }
}
