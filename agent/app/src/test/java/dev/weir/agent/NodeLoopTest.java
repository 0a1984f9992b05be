package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.agent.derive.Attachment;
import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Outcome;
import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.RecordingPlane;
import dev.weir.agent.spi.Traffic;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.node.v1.KernelElement;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeLoopTest {
    private static final int SECONDS = 20;
    private static final Duration NEVER = Duration.ofMinutes(10);
    private static final Set<String> ALL = Set.of("control", "endpoint", "policy");
    private static final Key WEB = Kinds.POD.key("shop", "web");
    private static final Cidr REMOTE = Cidr.of("10.244.2.0/26");
    private static final NodeSettings SETTINGS =
            new NodeSettings(
                    "n1",
                    List.of(IpAddress.of("192.0.2.1")),
                    List.of(Cidr.of("10.244.0.0/16")),
                    List.of(Cidr.of("10.96.0.0/12")));

    private final BlockingQueue<NodeLoop.Carried> rounds = new LinkedBlockingQueue<>();
    private final RecordingPlane.Store store = new RecordingPlane.Store();
    private NodeLoop loop;

    @AfterEach
    void close() {
        loop.close();
    }

    private void start(Duration refresh, DataPlane... planes) {
        loop =
                new NodeLoop(
                        java.util.Arrays.stream(planes).map(PlaneDriver::new).toList(),
                        new NodeDeriver(SETTINGS),
                        refresh,
                        rounds::add);
        loop.start();
    }

    private void start() {
        start(NEVER, new RecordingPlane(store, ALL));
    }

    /** A plane that does as it is told, next to what it carries. */
    private static class Unreliable implements DataPlane {
        private final String name;
        private final RecordingPlane carrying;
        private final List<NodeDelta> deltas = new CopyOnWriteArrayList<>();
        private final Map<Key, String> problems = new HashMap<>();
        private final List<String> calls;
        private volatile boolean failing;
        private volatile boolean owing;

        Unreliable(String name, RecordingPlane.Store store, List<String> calls) {
            this.name = name;
            this.carrying = new RecordingPlane(store, ALL);
            this.calls = calls;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<String> shards() {
            return ALL;
        }

        @Override
        public Outcome apply(NodeImage image, NodeDelta delta) {
            calls.add("apply " + name);
            if (failing) {
                throw new IllegalStateException("told to fail");
            }
            deltas.add(delta);
            carrying.apply(image, delta);
            synchronized (problems) {
                return new Outcome(problems, owing);
            }
        }

        @Override
        public void withdraw(NodeImage next) {
            calls.add("withdraw " + name);
        }

        @Override
        public List<Drift> verify() {
            return carrying.verify();
        }

        @Override
        public Outcome repair() {
            calls.add("repair " + name);
            return carrying.repair();
        }

        @Override
        public void close() {
            calls.add("close " + name);
        }

        void problem(Key key, String reason) {
            synchronized (problems) {
                problems.put(key, reason);
            }
        }

        void solved() {
            synchronized (problems) {
                problems.clear();
            }
        }
    }

    private Unreliable unreliable() {
        return new Unreliable("unreliable", store, new CopyOnWriteArrayList<>());
    }

    private static Image image(String shard, long revision, Map<Key, Change> changes) {
        return Image.empty(shard)
                .apply(new Delta(shard, "log-1", revision, Frontier.EMPTY, new TreeMap<>(changes)));
    }

    private static Delta delta(String shard, long revision, Map<Key, Change> changes) {
        return new Delta(shard, "log-1", revision, Frontier.EMPTY, new TreeMap<>(changes));
    }

    private static Map<Key, Change> remoteNode(long revision) {
        return Map.of(
                Kinds.NODE.key("", "n2"),
                new Change.Put(
                        Node.newBuilder()
                                .setMetadata(ObjectMeta.newBuilder().setName("n2"))
                                .setStatus(
                                        NodeStatus.newBuilder()
                                                .addAddresses(
                                                        NodeAddress.newBuilder()
                                                                .setType("InternalIP")
                                                                .setAddress("192.0.2.2")))
                                .build(),
                        revision));
    }

    private static Map<Key, Change> remoteBlock(long revision) {
        return Map.of(
                Kinds.IP_BLOCK.key("", "block-8"),
                new Change.Put(
                        IpBlock.newBuilder()
                                .setMetadata(ObjectMeta.newBuilder().setName("block-8"))
                                .setSpec(
                                        IpBlockSpec.newBuilder()
                                                .setNodeName("n2")
                                                .addCidrs(REMOTE.toString())
                                                .setEpoch(1))
                                .build(),
                        revision));
    }

    private void snapshot(String shard, long revision, Map<Key, Change> changes) {
        loop.accept(new ShardUpdate.Snapshot(image(shard, revision, changes)));
    }

    private void changes(String shard, long revision, Map<Key, Change> changes) {
        loop.accept(new ShardUpdate.Changes(delta(shard, revision, changes)));
    }

    private void inSync() {
        snapshot("control", 1, remoteNode(1));
        snapshot("endpoint", 1, Map.of());
        snapshot("policy", 1, Map.of());
    }

    private NodeLoop.Carried awaitRound(String what, Predicate<NodeLoop.Carried> wanted)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < deadline) {
            NodeLoop.Carried round = rounds.poll(100, TimeUnit.MILLISECONDS);
            if (round != null && wanted.test(round)) {
                return round;
            }
        }
        throw new AssertionError("no round within " + SECONDS + " s: " + what);
    }

    private NodeLoop.Carried awaitProgrammed(long control) throws InterruptedException {
        return awaitRound(
                "control programmed up to " + control,
                round -> round.programmed().revision("control") == control);
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static Attachment attachment() {
        return new Attachment(WEB, List.of(IpAddress.of("10.244.0.5")), Map.of());
    }

    private static void done(CompletableFuture<Void> programmed) throws Exception {
        programmed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void nothingIsProgrammedBeforeAllShardsOfThePlaneAreInSync() throws Exception {
        start();
        snapshot("control", 1, remoteNode(1));
        snapshot("endpoint", 1, Map.of());
        NodeLoop.Carried early =
                awaitRound("both are taken in", round -> round.image().shards().size() == 2);

        assertThat(store.calls()).isEmpty();
        assertThat(early.planesNotInSync()).containsExactly("recording");
        assertThat(early.programmed()).isEqualTo(Frontier.EMPTY);
        snapshot("policy", 1, Map.of());

        NodeLoop.Carried carried = awaitProgrammed(1);
        assertThat(carried.planesNotInSync()).isEmpty();
        assertThat(carried.programmed().revisions()).containsOnlyKeys(ALL);
        assertThat(store.carried()).isEqualTo(carried.image());
    }

    @Test
    void whatChangesIsProgrammed() throws Exception {
        start();
        inSync();
        awaitProgrammed(1);

        changes("control", 2, remoteBlock(2));

        awaitProgrammed(2);
        assertThat(store.carried().routes()).isEqualTo(Map.of(REMOTE, IpAddress.of("192.0.2.2")));
    }

    @Test
    void aNewSnapshotTakesAwayWhatItDoesNotHold() throws Exception {
        start();
        inSync();
        changes("control", 2, remoteBlock(2));
        awaitProgrammed(2);

        snapshot("control", 3, remoteNode(3));

        awaitProgrammed(3);
        assertThat(store.carried().routes()).isEmpty();
    }

    @Test
    void aQuestionGetsWhatIsCarriedAndMakesNoRound() throws Exception {
        start();
        inSync();
        awaitProgrammed(1);
        int calls = store.calls().size();

        NodeLoop.Carried carried = loop.ask(Moment::carried).get(SECONDS, TimeUnit.SECONDS);

        assertThat(carried.programmed().revision("control")).isEqualTo(1);
        assertThat(carried.image().shards()).containsKey("control");
        assertThat(store.calls()).hasSize(calls);
        assertThat(rounds).isEmpty();
    }

    @Test
    void aQuestionIsAnsweredAfterWhatCameBeforeIt() throws Exception {
        start();
        inSync();
        changes("control", 2, remoteBlock(2));

        assertThat(
                        loop.ask(moment -> moment.carried().programmed())
                                .get(SECONDS, TimeUnit.SECONDS)
                                .revision("control"))
                .isEqualTo(2);
    }

    @Test
    void whatThePlanesShowIsReadOnTheLoopsThread() throws Exception {
        var by = new CopyOnWriteArrayList<String>();
        Frontend asked = new Frontend(IpAddress.of("10.96.0.9"), Protocol.TCP, 80);
        Programmed shown = new Programmed("backends", "10.96.0.9", "10.244.0.2", "");
        var plane =
                new Unreliable("unreliable", store, new CopyOnWriteArrayList<>()) {
                    @Override
                    public List<Programmed> show(Frontend frontend) {
                        by.add(Thread.currentThread().getName());
                        if (frontend.port() != 80) {
                            throw new IllegalStateException("told to fail");
                        }
                        return List.of(shown);
                    }
                };
        start(NEVER, plane);

        assertThat(shown(asked)).as("before it is in sync").isEmpty();
        inSync();
        awaitProgrammed(1);

        assertThat(shown(asked)).containsExactly(shown);
        assertThat(shown(new Frontend(asked.address(), Protocol.TCP, 81)))
                .extracting(Programmed::difference)
                .containsExactly("no telling: told to fail");
        assertThat(by).containsOnly("node");
    }

    private List<Programmed> shown(Frontend frontend) throws Exception {
        return loop.ask(moment -> moment.shown().apply(frontend)).get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aQuestionThatFailsHarmsNobodyElse() throws Exception {
        start();
        inSync();
        var failed =
                loop.ask(
                        moment -> {
                            throw new IllegalArgumentException("no such pod");
                        });

        assertThat(
                        catchThrowableOfType(
                                ExecutionException.class,
                                () -> failed.get(SECONDS, TimeUnit.SECONDS)))
                .hasRootCauseMessage("no such pod");
        awaitProgrammed(1);
    }

    @Test
    void whyIsAnsweredFromWhatIsCarried() throws Exception {
        Programmed shown = new Programmed("services", "10.96.0.9:80", "nothing", "something");
        start(
                NEVER,
                new Unreliable("unreliable", store, new CopyOnWriteArrayList<>()) {
                    @Override
                    public List<Programmed> show(Frontend frontend) {
                        return List.of(shown);
                    }
                });
        WhyRequest question =
                WhyRequest.newBuilder()
                        .setSource("node/n2")
                        .setDestination("10.96.0.9")
                        .setPort(80)
                        .build();
        snapshot("control", 1, remoteNode(1));
        assertThat(
                        catchThrowableOfType(
                                ExecutionException.class,
                                () -> loop.ask(moment -> moment.why(question, SETTINGS)).get()))
                .hasRootCauseMessage("node \"n1\" has not read the state of the cluster yet");

        inSync();
        awaitProgrammed(1);
        WhyResponse why =
                loop.ask(moment -> moment.why(question, SETTINGS)).get(SECONDS, TimeUnit.SECONDS);

        assertThat(why.getNode()).isEqualTo("n1");
        assertThat(why.getVerdict()).isEqualTo(WhyResponse.Verdict.VERDICT_DROP);
        assertThat(why.getProgrammed().getRevisionsMap()).containsEntry("endpoint", 1L);
        assertThat(why.getElementsList())
                .containsExactly(
                        KernelElement.newBuilder()
                                .setMap("services")
                                .setKey("10.96.0.9:80")
                                .setValue("nothing")
                                .setDifference("something")
                                .build());
    }

    @Test
    void trafficIsReadOnTheLoopsThreadWhenAsked() throws Exception {
        var by = new CopyOnWriteArrayList<String>();
        Frontend nobodys = new Frontend(IpAddress.of("10.96.0.9"), Protocol.TCP, 80);
        start(
                NEVER,
                new Unreliable("unreliable", store, new CopyOnWriteArrayList<>()) {
                    @Override
                    public List<Traffic> traffic() {
                        by.add(Thread.currentThread().getName());
                        return List.of(new Traffic(nobodys, 1, 0));
                    }
                });
        assertThat(loop.ask(moment -> moment.traffic().get()).get(SECONDS, TimeUnit.SECONDS))
                .as("a plane that is not in sync is not asked")
                .isEmpty();
        inSync();
        awaitProgrammed(1);

        assertThat(loop.ask(moment -> moment.traffic().get()).get(SECONDS, TimeUnit.SECONDS))
                .containsExactly(new Traffic(nobodys, 1, 0));
        assertThat(by).containsExactly("node");
        assertThat(new Scrapes(() -> loop.ask(moment -> moment.metrics(false))).get())
                .startsWith("# HELP weir_service_connections_total");
    }

    @Test
    void whoStopsAnswersNobody() {
        start();
        loop.close();

        assertThat(loop.ask(Moment::carried)).isCompletedExceptionally();
    }

    @Test
    void aProblemIsReportedAndHidesNothingElse() throws Exception {
        Unreliable plane = unreliable();
        plane.problem(WEB, "no room");
        start(NEVER, plane);
        inSync();

        changes("control", 2, remoteBlock(2));
        NodeLoop.Carried carried = awaitProgrammed(2);

        assertThat(carried.problems())
                .containsExactly(
                        Problem.newBuilder()
                                .setKey(WEB.toProto())
                                .setPlane("unreliable")
                                .setReason("no room")
                                .build());
        assertThat(store.carried().routes()).containsKey(REMOTE);
    }

    @Test
    void aProblemIsTriedAgainUntilItIsGone() throws Exception {
        Unreliable plane = unreliable();
        plane.problem(WEB, "no room");
        start(NEVER, plane);
        inSync();
        awaitProgrammed(1);

        plane.solved();

        awaitRound("no problem is left", round -> round.problems().isEmpty());
    }

    @Test
    void aPlaneThatPutSomethingOffIsCalledAgainUntilItIsDone() throws Exception {
        Unreliable plane = unreliable();
        plane.owing = true;
        start(NEVER, plane);
        inSync();
        awaitProgrammed(1);
        int calls = plane.deltas.size();
        await("another call", () -> plane.deltas.size() > calls);

        plane.owing = false;

        int more = plane.deltas.size();
        await("the last call", () -> plane.deltas.size() > more);
        assertThat(plane.deltas.getLast().isEmpty()).isTrue();
    }

    @Test
    void aPlaneThatFailsIsGivenAllThatItMissed() throws Exception {
        Unreliable plane = unreliable();
        start(NEVER, plane);
        inSync();
        awaitProgrammed(1);
        plane.failing = true;
        changes("control", 2, remoteBlock(2));
        awaitRound("the plane failed", round -> round.image().frontier().revision("control") == 2);
        assertThat(store.carried().routes()).isEmpty();

        plane.failing = false;

        awaitProgrammed(2);
        assertThat(store.carried().routes()).containsKey(REMOTE);
        assertThat(plane.deltas.getLast().routes().puts()).containsKey(REMOTE);
    }

    @Test
    void aPlaneThatFailsAtFirstIsTriedAgainSoon() throws Exception {
        Unreliable plane = unreliable();
        plane.failing = true;
        start(NEVER, plane);
        inSync();
        awaitRound("all is taken in", round -> round.image().shards().size() == 3);

        plane.failing = false;

        assertThat(awaitProgrammed(1).planesNotInSync()).isEmpty();
    }

    @Test
    void whatIsProgrammedIsWhatTheSlowestPlaneCarries() throws Exception {
        Unreliable failing = unreliable();
        start(NEVER, new RecordingPlane(new RecordingPlane.Store(), Set.of()), failing);
        inSync();
        awaitProgrammed(1);

        failing.failing = true;
        changes("control", 2, remoteBlock(2));

        NodeLoop.Carried carried =
                awaitRound(
                        "the change is derived",
                        round -> round.image().frontier().revision("control") == 2);
        assertThat(carried.programmed().revision("control")).isEqualTo(1);
    }

    @Test
    void additionsGoThroughThePlanesInOrderAndRemovalsReversed() throws Exception {
        List<String> calls = new CopyOnWriteArrayList<>();
        start(
                NEVER,
                new Unreliable("a", new RecordingPlane.Store(), calls),
                new Unreliable("b", new RecordingPlane.Store(), calls));
        inSync();
        awaitProgrammed(1);
        await("the planes rest", rounds::isEmpty);
        calls.clear();

        changes("control", 2, remoteBlock(2));
        awaitProgrammed(2);

        assertThat(calls).containsExactly("withdraw b", "withdraw a", "apply a", "apply b");
    }

    @Test
    void anAttachedPodIsCarriedWhenItIsAnswered() throws Exception {
        start();
        inSync();
        awaitProgrammed(1);

        done(loop.attach(attachment()));

        assertThat(store.carried().pods()).containsKey(WEB);
        done(loop.detach(WEB));
        assertThat(store.carried().pods()).doesNotContainKey(WEB);
    }

    @Test
    void anAttachedPodThatAPlaneCannotCarryIsRefusedByName() throws Exception {
        Unreliable plane = unreliable();
        plane.problem(WEB, "no room");
        start(NEVER, plane);
        inSync();

        CompletableFuture<Void> programmed = loop.attach(attachment());

        assertThat(catchThrowableOfType(ExecutionException.class, () -> done(programmed)))
                .hasMessageContaining("unreliable: no room");
    }

    @Test
    void anAttachedPodWaitsForAPlaneThatFails() throws Exception {
        Unreliable plane = unreliable();
        start(NEVER, plane);
        inSync();
        awaitProgrammed(1);
        plane.failing = true;

        CompletableFuture<Void> programmed = loop.attach(attachment());
        awaitRound("the pod is taken in", round -> round.image().pods().containsKey(WEB));
        Thread.sleep(100);
        assertThat(programmed).isNotDone();
        plane.failing = false;

        done(programmed);
        assertThat(store.carried().pods()).containsKey(WEB);
    }

    @Test
    void aPodAttachedBeforeTheFirstStateIsCarriedWithIt() throws Exception {
        start();
        done(loop.attach(attachment()));
        assertThat(store.calls()).isEmpty();

        inSync();

        awaitProgrammed(1);
        assertThat(store.carried().pods()).containsKey(WEB);
    }

    @Test
    void theLastSnapshotIsTakenForShardsThatAreSilent() throws Exception {
        start();
        snapshot("control", 5, remoteNode(5));
        awaitRound("it is taken in", round -> round.image().shards().size() == 1);
        TreeMap<Key, Change> former = new TreeMap<>(remoteBlock(2));
        former.putAll(remoteNode(2));

        loop.lastSnapshot(
                Map.of(
                        "control", image("control", 3, former),
                        "endpoint", image("endpoint", 3, Map.of()),
                        "policy", image("policy", 3, Map.of())));

        NodeLoop.Carried carried = awaitProgrammed(5);
        assertThat(carried.programmed().revision("endpoint")).isEqualTo(3);
        assertThat(store.carried().routes()).isEmpty();
    }

    @Test
    void theRealStateReplacesTheLastSnapshot() throws Exception {
        start();
        TreeMap<Key, Change> former = new TreeMap<>(remoteBlock(2));
        former.putAll(remoteNode(2));
        loop.lastSnapshot(
                Map.of(
                        "control", image("control", 3, former),
                        "endpoint", image("endpoint", 3, Map.of()),
                        "policy", image("policy", 3, Map.of())));
        awaitProgrammed(3);
        assertThat(store.carried().routes()).containsKey(REMOTE);

        snapshot("control", 7, remoteNode(7));

        awaitProgrammed(7);
        assertThat(store.carried().routes()).isEmpty();
    }

    @Test
    void whatSomebodyElseChangedIsMended() throws Exception {
        start(Duration.ofMillis(100), new RecordingPlane(store, ALL));
        inSync();
        NodeLoop.Carried carried = awaitProgrammed(1);
        loop.attach(attachment()).get(SECONDS, TimeUnit.SECONDS);

        store.carry(NodeImage.EMPTY);

        await("the plane carries the pod again", () -> store.carried().pods().containsKey(WEB));
        assertThat(carried.problems()).isEmpty();
    }

    @Test
    void closingLetsGoOfThePlanesAndChangesNothing() throws Exception {
        start();
        inSync();
        awaitProgrammed(1);
        NodeImage carried = store.carried();

        loop.close();

        assertThat(store.calls()).endsWith("close");
        assertThat(store.carried()).isEqualTo(carried);
    }
}
