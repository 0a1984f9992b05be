package dev.weir.control;

import static dev.weir.control.Cluster.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.ObjectKey;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.AgentAnswer;
import dev.weir.node.v1.AgentQuestion;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ClaimBlockRequest;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.JoinRequest;
import dev.weir.node.v1.JoinResponse;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.ObjectChange;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.ReportResponse;
import dev.weir.node.v1.StatusRequest;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import io.grpc.Context;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentsTest {
    private static final int HISTORY = 100;
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private Cluster cluster;
    private Context.CancellableContext calls;

    @BeforeEach
    void open() {
        cluster = new Cluster(SILENCE, HISTORY);
        calls = Context.current().withCancellation();
    }

    @AfterEach
    void close() throws Exception {
        calls.cancel(null);
        cluster.close();
    }

    private Optional<Node> node(String name) {
        return cluster.control.image().find(Node.class, Kinds.NODE.key("", name));
    }

    private String revision(String name) {
        return Long.toString(
                cluster.control
                        .image()
                        .get(Kinds.NODE.key("", name))
                        .map(Stored::revision)
                        .orElseThrow());
    }

    /** Returns once the node says so itself; nothing more is written about it then. */
    private void awaitReady(String name, String status) throws Exception {
        Cluster.await(
                name + " has the condition Ready=" + status,
                () ->
                        node(name).orElseThrow().getStatus().getConditionsList().stream()
                                .anyMatch(
                                        condition ->
                                                condition.getType().equals("Ready")
                                                        && condition.getStatus().equals(status)));
    }

    private StatusRuntimeException refused(dev.weir.node.v1.JoinRequest request) {
        return catchThrowableOfType(
                StatusRuntimeException.class, () -> cluster.agents().join(request));
    }

    @Test
    void joiningMakesTheNodeAndTellsTheSettings() {
        JoinResponse settings =
                cluster.agents().join(joining("n1", "i1", "192.0.2.1", "2001:db8::1"));

        assertThat(settings)
                .isEqualTo(
                        JoinResponse.newBuilder()
                                .setClusterDomain("cluster.local")
                                .addPodCidrs("10.244.0.0/16")
                                .addPodCidrs("fd00:10:244::/56")
                                .addServiceCidrs("10.96.0.0/12")
                                .addDnsAddresses("10.96.0.10")
                                .setReportIntervalMs(250)
                                .build());
        Node node = node("n1").orElseThrow();
        assertThat(node.getMetadata().getLabelsMap()).containsEntry("kubernetes.io/hostname", "n1");
        assertThat(node.getMetadata().getUid()).isNotEmpty();
        assertThat(node.getMetadata().getResourceVersion()).isEqualTo(revision("n1"));
        assertThat(node.getStatus().getAddressesList())
                .extracting(NodeAddress::getAddress)
                .containsExactly("192.0.2.1", "2001:db8::1");
    }

    @Test
    void joiningSaysWhatTheNodeHas() {
        for (String cpus : List.of("4", "8")) {
            JoinRequest.Builder request = joining("n1", "i1", "192.0.2.1").toBuilder();
            request.getNodeBuilder()
                    .getStatusBuilder()
                    .putCapacity("cpu", cpus)
                    .putAllocatable("cpu", cpus);
            cluster.agents().join(request.build());

            var status = node("n1").orElseThrow().getStatus();
            assertThat(status.getCapacityMap()).isEqualTo(Map.of("cpu", cpus));
            assertThat(status.getAllocatableMap()).isEqualTo(Map.of("cpu", cpus));
        }
        JoinRequest.Builder wrong = joining("n1", "i1", "192.0.2.1").toBuilder();
        wrong.getNodeBuilder()
                .getStatusBuilder()
                .putCapacity("cpu", "-1")
                .putAllocatable("cpu", "many");
        assertThat(refused(wrong.build()).getMessage())
                .contains(
                        "status.capacity[cpu]: Invalid value: \"-1\"",
                        "status.allocatable[cpu]: Invalid value: \"many\"");
    }

    @Test
    void joiningAgainChangesNothing() throws Exception {
        cluster.agents().join(joining("n1", "i1", "192.0.2.1"));
        awaitReady("n1", "True");
        Image before = cluster.control.image();

        cluster.agents().join(joining("n1", "i2", "192.0.2.1"));

        assertThat(cluster.control.image()).isSameAs(before);
    }

    @Test
    void joiningRenewsTheAddressesAndKeepsTheRest() throws Exception {
        cluster.agents().join(joining("n1", "i1", "192.0.2.1"));
        awaitReady("n1", "True");
        Node labelled = node("n1").orElseThrow();
        labelled =
                labelled.toBuilder()
                        .setMetadata(labelled.getMetadata().toBuilder().putLabels("zone", "a"))
                        .build();
        Cluster.put(cluster.control, Kinds.NODE.key("", "n1"), labelled);

        cluster.agents().join(joining("n1", "i2", "192.0.2.9"));

        Node renewed = node("n1").orElseThrow();
        assertThat(renewed.getStatus().getAddressesList())
                .extracting(NodeAddress::getAddress)
                .containsExactly("192.0.2.9");
        assertThat(renewed.getMetadata())
                .isEqualTo(
                        labelled.getMetadata().toBuilder()
                                .setResourceVersion(revision("n1"))
                                .build());
        assertThat(renewed.getStatus().getConditionsList())
                .isEqualTo(labelled.getStatus().getConditionsList());
    }

    @Test
    void aNodeThatMayNotBeIsRefused() {
        assertThat(refused(joining("", "i", "192.0.2.1")).getStatus().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused(joining("n1", "i")).getStatus().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused(joining("Not A/Name", "i", "192.0.2.1")).getStatus().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        StatusRuntimeException address = refused(joining("n1", "i", "192.0.2.300"));
        assertThat(address.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(address.getStatus().getDescription()).contains("status.addresses[0].address");
        assertThat(cluster.control.image().all(Kinds.NODE, Node.class)).isEmpty();
    }

    @Test
    void aBlockIsClaimedOncePerRequest() {
        ClaimBlockRequest request =
                ClaimBlockRequest.newBuilder().setNodeName("n1").setRequestId("r1").build();

        var first = cluster.agents().claimBlock(request);

        assertThat(first.getBlock().getSpec().getNodeName()).isEqualTo("n1");
        assertThat(cluster.agents().claimBlock(request)).isEqualTo(first);
        assertThat(
                        cluster.control
                                .image()
                                .all(Kinds.IP_BLOCK, Kinds.IP_BLOCK.prototype().getClass()))
                .hasSize(1);
    }

    @Test
    void anAgentIsAskedThroughTheService() throws Exception {
        cluster.join("n1");
        var answering =
                new java.util.concurrent.atomic.AtomicReference<StreamObserver<AgentAnswer>>();
        answering.set(
                AgentsGrpc.newStub(cluster.channel)
                        .answer(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(AgentQuestion question) {
                                        answering
                                                .get()
                                                .onNext(
                                                        AgentAnswer.newBuilder()
                                                                .setId(question.getId())
                                                                .setWhy(
                                                                        WhyResponse.newBuilder()
                                                                                .setNode("n1"))
                                                                .build());
                                    }

                                    @Override
                                    public void onError(Throwable thrown) {}

                                    @Override
                                    public void onCompleted() {}
                                }));
        answering.get().onNext(AgentAnswer.newBuilder().setNodeName("n1").build());

        WhyResponse answer =
                cluster.agents()
                        .why(
                                WhyRequest.newBuilder()
                                        .setSource("node/n1")
                                        .setDestination("web")
                                        .build());

        assertThat(answer.getNode()).isEqualTo("n1");
        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                cluster.agents()
                                        .why(WhyRequest.newBuilder().setSource("pod/x").build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(refused.getStatus().getDescription()).isEqualTo("pods \"x\" not found");
    }

    private Iterator<FollowResponse> follow(Frontier resume, String... shards) throws Exception {
        return calls.call(
                () ->
                        cluster.agents()
                                .follow(
                                        FollowRequest.newBuilder()
                                                .setNodeName("n1")
                                                .addAllShards(List.of(shards))
                                                .setResume(resume.toProto())
                                                .build()));
    }

    private static Pod pod(int i) {
        return Pod.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("p" + i))
                .build();
    }

    private long pods(int from, int to) {
        TreeMap<Key, Optional<Message>> pods = new TreeMap<>();
        for (int i = from; i < to; i++) {
            pods.put(Kinds.POD.key("default", "p" + i), Optional.of(pod(i)));
        }
        return Cluster.write(cluster.control, pods);
    }

    /** The parts of one snapshot. */
    private static List<FollowResponse> snapshot(Iterator<FollowResponse> stream) {
        List<FollowResponse> parts = new ArrayList<>();
        do {
            parts.add(stream.next());
            assertThat(parts.getLast().getSnapshot()).isTrue();
        } while (parts.getLast().getMore());
        return parts;
    }

    private static List<Key> keys(List<FollowResponse> parts) {
        return parts.stream()
                .flatMap(part -> part.getChangesList().stream())
                .map(ObjectChange::getKey)
                .map(Key::of)
                .toList();
    }

    @Test
    void aSnapshotComesInPartsOfOneRevision() throws Exception {
        pods(0, 1_200);
        Image image = cluster.control.image();

        List<FollowResponse> parts = snapshot(follow(Frontier.EMPTY, "control"));

        assertThat(parts)
                .hasSize(3)
                .allSatisfy(
                        part -> {
                            assertThat(part.getShard()).isEqualTo("control");
                            assertThat(part.getLogId()).isEqualTo("log-1");
                            assertThat(part.getRevision()).isEqualTo(image.revision());
                            assertThat(part.getChangesCount()).isBetween(1, FollowStream.CHUNK);
                        });
        assertThat(new TreeSet<>(keys(parts))).isEqualTo(new TreeSet<>(image.objects().keySet()));
    }

    @Test
    void largeObjectsMakeSmallerParts() throws Exception {
        for (int i = 0; i < 10; i++) {
            Cluster.put(
                    cluster.control,
                    Kinds.POD.key("default", "p" + i),
                    pod(i).toBuilder()
                            .setMetadata(
                                    pod(i).getMetadata().toBuilder()
                                            .putAnnotations("big", "x".repeat(400_000)))
                            .build());
        }

        List<FollowResponse> parts = snapshot(follow(Frontier.EMPTY, "control"));

        assertThat(parts)
                .allMatch(part -> part.getSerializedSize() < FollowStream.CHUNK_BYTES + 500_000);
        assertThat(keys(parts)).hasSize(13);
    }

    @Test
    void anEmptyShardIsASnapshotToo() throws Exception {
        List<FollowResponse> parts = snapshot(follow(Frontier.EMPTY, "endpoint"));

        assertThat(parts).hasSize(1);
        assertThat(parts.getFirst().getChangesList()).isEmpty();
        assertThat(parts.getFirst().getRevision()).isZero();
    }

    @Test
    void whatHappensFollowsTheSnapshot() throws Exception {
        Iterator<FollowResponse> stream = follow(Frontier.EMPTY, "control");
        snapshot(stream);

        long put = pods(0, 1);
        FollowResponse first = stream.next();
        long removed =
                Cluster.write(
                        cluster.control, Map.of(Kinds.POD.key("default", "p0"), Optional.empty()));
        FollowResponse second = stream.next();

        assertThat(first.getSnapshot()).isFalse();
        assertThat(first.getRevision()).isEqualTo(put);
        assertThat(first.getChanges(0).getPut()).isEqualTo(Any.pack(pod(0)));
        assertThat(first.getChanges(0).getRevision()).isEqualTo(put);
        assertThat(second.getRevision()).isEqualTo(removed);
        assertThat(second.getChanges(0).hasPut()).isFalse();
        assertThat(second.getChanges(0).getKey())
                .isEqualTo(Kinds.POD.key("default", "p0").toProto());
    }

    @Test
    void whatWasReadOfOtherShardsIsSaid() throws Exception {
        cluster.startServices();
        long revision = pods(0, 1);
        Cluster.await(
                "the endpoint service has consumed it",
                () -> cluster.endpoint.image().after().revision("control") >= revision);

        FollowResponse snapshot = snapshot(follow(Frontier.EMPTY, "endpoint")).getLast();

        assertThat(Frontier.of(snapshot.getAfter()).revision("control"))
                .isGreaterThanOrEqualTo(revision);
    }

    @Test
    void aReaderThatIsUpToDateHearsThatAtOnce() throws Exception {
        long revision = pods(0, 5);

        FollowResponse first = follow(Frontier.of("log-1", "control", revision), "control").next();

        assertThat(first.getSnapshot()).isFalse();
        assertThat(first.getChangesList()).isEmpty();
        assertThat(first.getRevision()).isEqualTo(revision);
    }

    @Test
    void aReaderResumesWithWhatItMissed() throws Exception {
        long revision = pods(0, 5);
        pods(5, 6);
        long last = pods(6, 7);

        FollowResponse first = follow(Frontier.of("log-1", "control", revision), "control").next();

        assertThat(first.getSnapshot()).isFalse();
        assertThat(first.getRevision()).isEqualTo(last);
        assertThat(keys(List.of(first)))
                .containsExactly(Kinds.POD.key("default", "p5"), Kinds.POD.key("default", "p6"));
    }

    @Test
    void aReaderThatMissedTooMuchStartsAnew() throws Exception {
        long revision = pods(0, 5);
        for (int i = 0; i < HISTORY + 5; i++) {
            pods(5 + i, 6 + i);
        }

        List<FollowResponse> parts =
                snapshot(follow(Frontier.of("log-1", "control", revision), "control"));

        assertThat(parts.getLast().getRevision()).isEqualTo(cluster.control.image().revision());
    }

    @Test
    void aReaderOfAnotherLogStartsAnew() throws Exception {
        long revision = pods(0, 5);

        assertThat(keys(snapshot(follow(Frontier.of("log-0", "control", revision), "control"))))
                .hasSize(8);
    }

    @Test
    void aWayThatIsTooLongIsASnapshot() throws Exception {
        long revision = pods(0, 5);
        String big = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            Cluster.put(
                    cluster.control,
                    Kinds.POD.key("default", "p" + i),
                    pod(i).toBuilder()
                            .setMetadata(
                                    pod(i).getMetadata().toBuilder().putAnnotations("big", big))
                            .build());
        }

        List<FollowResponse> parts =
                snapshot(follow(Frontier.of("log-1", "control", revision), "control"));

        assertThat(parts).hasSizeGreaterThan(10);
    }

    @Test
    void severalShardsShareOneStream() throws Exception {
        Iterator<FollowResponse> stream = follow(Frontier.EMPTY, "control", "endpoint", "policy");

        TreeSet<String> inSync = new TreeSet<>();
        while (inSync.size() < 3) {
            FollowResponse part = stream.next();
            if (!part.getMore()) {
                inSync.add(part.getShard());
            }
        }

        assertThat(inSync).containsExactly("control", "endpoint", "policy");
    }

    private Code refusal(String... shards) {
        return catchThrowableOfType(
                        StatusRuntimeException.class, () -> follow(Frontier.EMPTY, shards).next())
                .getStatus()
                .getCode();
    }

    @Test
    void aShardThatDoesNotExistCannotBeFollowed() {
        assertThat(refusal("control", "dns")).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refusal()).isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void theStreamEndsWithTheShard() throws Exception {
        Iterator<FollowResponse> stream = follow(Frontier.EMPTY, "control", "endpoint", "policy");
        stream.next();

        cluster.endpoint.close();

        var error =
                catchThrowableOfType(
                        StatusRuntimeException.class, () -> stream.forEachRemaining(message -> {}));
        assertThat(error.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    }

    private static Problem problem() {
        return Problem.newBuilder()
                .setKey(
                        ObjectKey.newBuilder()
                                .setKind("Service")
                                .setNamespace("shop")
                                .setName("web"))
                .setPlane("nft")
                .setReason("too many endpoints")
                .build();
    }

    @Test
    void statusIsWhatTheNodesReported() throws Exception {
        cluster.join("n1");
        cluster.join("n2");
        awaitReady("n1", "True");
        awaitReady("n2", "True");
        Frontier programmed = Frontier.of("log-1", "control", 2);

        cluster.report("n1", programmed, problem());

        var status = cluster.agents().status(StatusRequest.getDefaultInstance());
        assertThat(Frontier.of(status.getHead()).includes(cluster.head())).isTrue();
        assertThat(status.getNodesList())
                .containsExactly(
                        NodeReport.newBuilder()
                                .setNodeName("n1")
                                .setReachable(true)
                                .setProgrammed(programmed.toProto())
                                .addProblems(problem())
                                .build(),
                        NodeReport.newBuilder()
                                .setNodeName("n2")
                                .setReachable(true)
                                .setProgrammed(Frontier.EMPTY.toProto())
                                .build());
    }

    @Test
    void aNodeThatJustJoinedIsReachableHoweverLongTheServerRan() throws Exception {
        Thread.sleep(SILENCE.plusMillis(100));

        cluster.join("n1");

        assertThat(cluster.agents().status(StatusRequest.getDefaultInstance()).getNodesList())
                .allMatch(NodeReport::getReachable);
    }

    @Test
    void aNodeSaysWhetherItsAgentReports() throws Exception {
        cluster.join("n1");
        awaitReady("n1", "True");
        awaitReady("n1", "Unknown");

        cluster.report("n1", Frontier.EMPTY);

        awaitReady("n1", "True");
        assertThat(node("n1").orElseThrow().getStatus().getConditionsList()).hasSize(1);
    }

    @Test
    void reportsThatSayTheSameCostNoWrite() throws Exception {
        cluster.join("n1");
        awaitReady("n1", "True");
        Image before = cluster.control.image();

        for (int i = 0; i < 15; i++) {
            cluster.report("n1", Frontier.of("log-1", "control", i));
            Thread.sleep(20);
        }

        assertThat(cluster.control.image()).isSameAs(before);
    }

    @Test
    void aNewStartOfAnAgentHasProgrammedNothingYet() {
        cluster.join("n1");
        cluster.report("n1", Frontier.of("log-1", "control", 2));

        cluster.agents().join(joining("n1", "n1-1", "192.0.2.1", "2001:db8::1"));
        var same = cluster.agents().status(StatusRequest.getDefaultInstance()).getNodes(0);
        cluster.agents().join(joining("n1", "n1-2", "192.0.2.1", "2001:db8::1"));
        var other = cluster.agents().status(StatusRequest.getDefaultInstance()).getNodes(0);

        assertThat(Frontier.of(same.getProgrammed()).revision("control")).isEqualTo(2);
        assertThat(Frontier.of(other.getProgrammed())).isEqualTo(Frontier.EMPTY);
    }

    @Test
    void aReportTellsWhatEveryReachableNodeHas() throws Exception {
        cluster.join("n1");
        cluster.join("n2");
        cluster.report("n2", Frontier.of("log-1", "control", 2));

        ReportResponse both =
                cluster.report(
                        "n1",
                        Frontier.of("log-1", "control", 5).max(Frontier.of("log-1", "policy", 1)));
        Thread.sleep(SILENCE.plusMillis(100));
        ReportResponse alone = cluster.report("n1", Frontier.of("log-1", "control", 5));

        assertThat(Frontier.of(both.getAcknowledged()))
                .isEqualTo(Frontier.of("log-1", "control", 2));
        assertThat(both.getNodesUnreachable()).isFalse();
        assertThat(Frontier.of(alone.getAcknowledged()))
                .isEqualTo(Frontier.of("log-1", "control", 5));
        assertThat(alone.getNodesUnreachable()).isTrue();
    }

    @Test
    void followedObjectsAreTheBytesThatWereWritten() throws Exception {
        ByteString bytes = pod(7).toByteString();
        pods(7, 8);

        FollowResponse part = snapshot(follow(Frontier.EMPTY, "control")).getLast();

        assertThat(part.getChangesList())
                .filteredOn(change -> change.getKey().getName().equals("p7"))
                .singleElement()
                .satisfies(change -> assertThat(change.getPut().getValue()).isEqualTo(bytes));
    }
}
