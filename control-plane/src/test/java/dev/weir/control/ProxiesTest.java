package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Frontier;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Commit;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.policy.v1.NetworkPolicy;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proxies beside nodes: who joins, and who is waited for. */
class ProxiesTest {
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

    private Code refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
    }

    @Test
    void aProxyJoinsBesideItsNode() {
        cluster.join("n1");
        cluster.report("n1", Frontier.of("log-1", "control", 1));
        proxy.pod("Running");
        Stored node = cluster.control.image().get(Kinds.NODE.key("", "n1")).orElseThrow();

        var answer = cluster.agents().join(TestProxy.joiningAs(TestProxy.NAME));
        proxy.carries(cluster.endpoint);

        assertThat(answer.getClusterDomain()).isEqualTo("cluster.local");
        assertThat(cluster.control.image().get(Kinds.NODE.key("", "n1"))).contains(node);
        List<NodeReport> reports =
                cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList();
        assertThat(reports).extracting(NodeReport::getProxy).containsExactly("", TestProxy.NAME);
        assertThat(reports).extracting(NodeReport::getNodeName).containsOnly("n1");
        assertThat(reports).allMatch(NodeReport::getReachable);
        assertThat(reports.get(0).getProgrammed().getRevisionsMap()).containsOnlyKeys("control");
        assertThat(reports.get(1).getProgrammed().getRevisionsMap()).containsOnlyKeys("endpoint");
    }

    @Test
    void aPodOfSomebodyElseIsNoProxy() {
        cluster.join("n1");

        proxy.pod("shop", "Running");

        assertThat(cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList())
                .extracting(NodeReport::getProxy)
                .containsExactly("");
    }

    /** It would be taken for the node of that name. */
    @Test
    void aProxyIsNamedAsItsPod() {
        for (String name : List.of("n1", "/n1", "n1/", "a/b/c")) {
            assertThat(refusal(() -> cluster.agents().join(TestProxy.joiningAs(name))))
                    .as(name)
                    .isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal(() -> proxy.report(name, Frontier.EMPTY)))
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
        proxy.start();
        Commit commit = objects.create(RouteObjects.INGRESS);
        Iterator<WaitProgrammedResponse> wait = waiting(commit);

        awaitWaitingFor(wait, "n1", TestProxy.NAME);
        cluster.report("n1", cluster.head());
        awaitWaitingFor(wait, TestProxy.NAME);
        proxy.carries(cluster.control, cluster.endpoint);
        awaitWaitingFor(wait, TestProxy.NAME);
        proxy.carries(cluster.control, cluster.endpoint, cluster.secret);

        assertThat(outcome(wait).getProgrammed()).isTrue();
    }

    @Test
    void secretsAreWaitedForAtProxiesOnly() throws Exception {
        proxy.start();
        Commit commit = objects.create(RouteObjects.secret("shop", "cert", "1"));
        Iterator<WaitProgrammedResponse> wait = waiting(commit);

        awaitWaitingFor(wait, TestProxy.NAME);
        proxy.carries(cluster.secret);

        assertThat(outcome(wait).getProgrammed()).isTrue();
    }

    @Test
    void policiesAreWaitedForAtNodesOnly() throws Exception {
        proxy.start();
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
        proxy.start();
        Commit commit = objects.create(RouteObjects.secret("shop", "cert", "1"));
        Iterator<WaitProgrammedResponse> wait = waiting(commit);
        awaitWaitingFor(wait, TestProxy.NAME);

        proxy.pod("Succeeded");

        assertThat(outcome(wait).getProgrammed()).isTrue();
        assertThat(cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList())
                .extracting(NodeReport::getProxy)
                .containsExactly("");
    }
}
