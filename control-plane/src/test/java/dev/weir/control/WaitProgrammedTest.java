package dev.weir.control;

import static dev.weir.control.Cluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Frontier;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WaitProgrammedTest {
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private Cluster cluster;

    @BeforeEach
    void open() {
        cluster = new Cluster(SILENCE, 1_000);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    /** One call. */
    private final class Wait {
        private final List<WaitProgrammedResponse> told = new CopyOnWriteArrayList<>();
        private final CompletableFuture<WaitProgrammedResponse> ended = new CompletableFuture<>();

        Wait(WaitProgrammedRequest.Builder request) {
            AgentsGrpc.newStub(cluster.channel)
                    .withDeadlineAfter(Cluster.SECONDS_TO_WAIT, TimeUnit.SECONDS)
                    .waitProgrammed(
                            request.build(),
                            new StreamObserver<>() {
                                @Override
                                public void onNext(WaitProgrammedResponse message) {
                                    told.add(message);
                                }

                                @Override
                                public void onError(Throwable thrown) {
                                    ended.completeExceptionally(thrown);
                                }

                                @Override
                                public void onCompleted() {
                                    ended.complete(told.getLast());
                                }
                            });
        }

        WaitProgrammedResponse outcome() throws Exception {
            return ended.get(Cluster.SECONDS_TO_WAIT, TimeUnit.SECONDS);
        }

        void awaitWaitingFor(String... names) throws Exception {
            await(
                    "the wait names " + List.of(names) + ", it told " + told,
                    () ->
                            !told.isEmpty()
                                    && told.getLast().getWaitingForList().equals(List.of(names)));
            assertThat(ended).isNotDone();
        }
    }

    private static WaitProgrammedRequest.Builder until(Commit commit) {
        return WaitProgrammedRequest.newBuilder()
                .setFrontier(
                        Frontier.of(commit.getLogId(), commit.getShard(), commit.getRevision())
                                .toProto());
    }

    private static WaitProgrammedResponse programmed() {
        return WaitProgrammedResponse.newBuilder().setProgrammed(true).build();
    }

    /** Until the services have nothing more to say, so that the head stays. */
    private void settled(Commit commit) throws Exception {
        await(
                "the services have consumed " + commit.getRevision(),
                () ->
                        cluster.endpoint.image().after().revision("control") >= commit.getRevision()
                                && cluster.policy.image().after().revision("control")
                                        >= commit.getRevision());
    }

    @Test
    void itWaitsForTheServicesThatDeriveFromIt() throws Exception {
        Commit commit = cluster.createPod("default", "web");
        Wait wait = new Wait(until(commit));
        await("the wait tells something", () -> !wait.told.isEmpty());

        assertThat(wait.told.getLast().getWaitingForList())
                .singleElement()
                .asString()
                .matches("what (endpoint|policy) makes of it");
        cluster.startService(cluster.endpoint);
        wait.awaitWaitingFor("what policy makes of it");
        cluster.startService(cluster.policy);

        assertThat(wait.outcome()).isEqualTo(programmed());
    }

    @Test
    void itWaitsForTheDerivedObjectsOnTheNodesToo() throws Exception {
        cluster.startServices();
        cluster.join("n1");
        Commit commit = cluster.createPod("default", "web");
        settled(commit);
        Wait wait = new Wait(until(commit));

        cluster.report("n1", Frontier.of("log-1", "control", commit.getRevision()));
        wait.awaitWaitingFor("n1");
        Thread.sleep(100);
        assertThat(wait.ended).isNotDone();
        cluster.report("n1", cluster.head());

        assertThat(wait.outcome()).isEqualTo(programmed());
    }

    @Test
    void itNamesTheNodesThatItWaitsFor() throws Exception {
        cluster.startServices();
        cluster.join("n1");
        cluster.join("n2");
        Commit commit = cluster.createPod("default", "web");
        settled(commit);

        Wait wait = new Wait(until(commit));

        wait.awaitWaitingFor("n1", "n2");
        cluster.report("n2", cluster.head());
        wait.awaitWaitingFor("n1");
        cluster.report("n1", cluster.head());
        assertThat(wait.outcome()).isEqualTo(programmed());
    }

    @Test
    void itEndsWhenOnlyUnreachableNodesAreLeft() throws Exception {
        cluster.startServices();
        cluster.join("n1");
        cluster.join("n2");
        Commit commit = cluster.createPod("default", "web");
        settled(commit);
        Wait wait = new Wait(until(commit));

        while (!wait.ended.isDone()) {
            cluster.report("n1", cluster.head());
            Thread.sleep(100);
        }

        assertThat(wait.outcome().getFailed()).isEqualTo("only unreachable nodes are left: n2");
        assertThat(wait.told.getFirst().getWaitingForList()).contains("n2");
    }

    @Test
    void unreachableNodesNeedNotCount() throws Exception {
        cluster.startServices();
        cluster.join("n1");
        cluster.join("n2");
        Thread.sleep(SILENCE.plusMillis(100));
        Commit commit = cluster.createPod("default", "web");
        settled(commit);
        cluster.report("n1", Frontier.EMPTY);

        Wait wait = new Wait(until(commit).setReachableOnly(true));
        wait.awaitWaitingFor("n1", "n2 (unreachable)");
        cluster.report("n1", cluster.head());

        assertThat(wait.outcome()).isEqualTo(programmed());
    }

    @Test
    void anObjectThatFailsEndsIt() throws Exception {
        cluster.startServices();
        cluster.join("n1");
        cluster.join("n2");
        Commit commit = cluster.createPod("default", "web");
        settled(commit);
        ObjectKey key = Kinds.POD.key("default", "web").toProto();
        Wait wait = new Wait(until(commit).addKeys(key));
        wait.awaitWaitingFor("n1", "n2");

        cluster.report(
                "n1",
                cluster.head(),
                Problem.newBuilder().setKey(key).setPlane("nft").setReason("no room").build());

        assertThat(wait.outcome().getFailed()).isEqualTo("n1: nft: Pod web: no room");
    }

    @Test
    void withoutNodesThereIsNothingToWaitFor() throws Exception {
        cluster.startServices();
        Commit commit = cluster.createPod("default", "web");

        assertThat(new Wait(until(commit)).outcome()).isEqualTo(programmed());
    }

    private Status refused(Frontier frontier) throws Exception {
        try {
            throw new AssertionError(
                    "expected a failure, got "
                            + new Wait(
                                            WaitProgrammedRequest.newBuilder()
                                                    .setFrontier(frontier.toProto()))
                                    .outcome());
        } catch (ExecutionException e) {
            return Status.fromThrowable(e.getCause());
        }
    }

    @Test
    void whatNeverComesIsRefused() throws Exception {
        cluster.join("n1");

        assertThat(refused(Frontier.of("log-0", "control", 1)).getCode())
                .isEqualTo(Code.OUT_OF_RANGE);
        assertThat(refused(Frontier.of("log-1", "weather", 1)).getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }
}
