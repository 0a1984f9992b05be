package dev.weir.server.seat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import dev.weir.core.v1.CreatePodRequest;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodResponse;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.server.StatusMapper;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes at one shard. Clients call either. */
class TakeoverTest {
    private static final int WRITERS = 8;

    private Place place;
    private Instance a;
    private Instance b;

    @BeforeEach
    void open() throws Exception {
        place = new Place();
        a = place.instance("a");
        b = place.instance("b");
        place.ballot.elect("a");
        a.awaitState(Seat.State.Serving.class);
    }

    @AfterEach
    void close() {
        place.close();
    }

    private static CreatePodRequest creating(String name) {
        return CreatePodRequest.newBuilder()
                .setObject(
                        Pod.newBuilder()
                                .setMetadata(
                                        ObjectMeta.newBuilder().setNamespace("shop").setName(name)))
                .build();
    }

    private static PodResponse create(Instance at, String name) {
        return at.pods().create(creating(name));
    }

    private static PodResponse get(Instance at, String name) {
        return at.pods().get(GetRequest.newBuilder().setNamespace("shop").setName(name).build());
    }

    private static List<String> listed(Instance at) {
        return at
                .pods()
                .list(ListRequest.newBuilder().setPageSize(5_000).build())
                .getItemsList()
                .stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    private void nobodyWrites() throws InterruptedException {
        place.ballot.dismiss();
        a.awaitState(Seat.State.Standby.class);
    }

    @Test
    void whoeverIsCalledTheWriterWrites() {
        PodResponse here = create(a, "one");
        PodResponse forwarded = create(b, "two");

        assertThat(forwarded.getCommit().getRevision())
                .isEqualTo(here.getCommit().getRevision() + 1);
        assertThat(get(b, "one").getObject()).isEqualTo(here.getObject());
        assertThat(get(a, "two").getObject()).isEqualTo(forwarded.getObject());
    }

    @Test
    void aRefusalComesBackAsTheWriterGaveIt() throws Exception {
        create(a, "one");

        StatusRuntimeException here =
                catchThrowableOfType(StatusRuntimeException.class, () -> create(a, "one"));
        StatusRuntimeException forwarded =
                catchThrowableOfType(StatusRuntimeException.class, () -> create(b, "one"));

        assertThat(forwarded.getStatus().getCode()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(StatusProto.fromThrowable(forwarded)).isEqualTo(StatusProto.fromThrowable(here));
        ErrorInfo info = StatusProto.fromThrowable(forwarded).getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getDomain()).isEqualTo(StatusMapper.DOMAIN);
        assertThat(info.getReason()).isEqualTo("AlreadyExists");
    }

    /** Threads that create pods, until they are told to stop, or something fails. */
    private final class Load {
        final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        final List<StatusRuntimeException> failed = new ArrayList<>();
        private final AtomicInteger number = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Load(Instance... at) {
            for (int i = 0; i < WRITERS; i++) {
                PodsGrpc.PodsBlockingStub pods =
                        PodsGrpc.newBlockingStub(at[i % at.length].channel);
                threads.add(Thread.startVirtualThread(() -> write(pods)));
            }
        }

        private void write(PodsGrpc.PodsBlockingStub pods) {
            while (!stopped) {
                String name = "pod-" + number.incrementAndGet();
                try {
                    var written =
                            pods.withDeadlineAfter(Instance.DEADLINE_SECONDS, SECONDS)
                                    .create(creating(name));
                    acknowledged.put(name, written.getCommit().getRevision());
                } catch (StatusRuntimeException e) {
                    synchronized (failed) {
                        failed.add(e);
                    }
                    return;
                }
            }
        }

        void awaitMore(int count) throws InterruptedException {
            int enough = acknowledged.size() + count;
            long deadline = System.nanoTime() + SECONDS.toNanos(Instance.DEADLINE_SECONDS);
            while (acknowledged.size() < enough) {
                assertThat(System.nanoTime()).as("time for %s writes", enough).isLessThan(deadline);
                Thread.sleep(1);
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(Instance.DEADLINE_SECONDS)))
                        .as("a writer ends")
                        .isTrue();
            }
        }
    }

    /** Nothing is lost, nothing fails, nothing is written twice, however the seat changes hands. */
    @Test
    void writesGoOnWhoeverTheWriterIs() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Load load = new Load(a, b);
        Instance writer = a;

        for (int round = 0; round < 10; round++) {
            load.awaitMore(random.nextInt(50));
            Instance next = writer == a ? b : a;
            if (random.nextBoolean()) {
                place.ballot.elect(next.name);
            } else {
                place.ballot.electBehindTheBackOfTheOther(next.name);
            }
            next.awaitState(Seat.State.Serving.class);
            writer = next;
        }
        load.awaitMore(50);
        load.stop();

        assertThat(load.failed).as("seed " + seed).isEmpty();
        assertThat(listed(a))
                .as("seed " + seed)
                .containsExactlyInAnyOrderElementsOf(load.acknowledged.keySet());
        assertThat(load.acknowledged.values()).doesNotHaveDuplicates();
        assertThat(place.terms()).hasSize(11).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void theDeathOfTheWriterCostsTimeAndNothingElse() throws Exception {
        Load load = new Load(b);
        load.awaitMore(100);

        a.die();
        place.ballot.electBehindTheBackOfTheOther("b");
        load.awaitMore(100);
        load.stop();

        assertThat(load.failed).isEmpty();
        assertThat(listed(b)).containsAll(load.acknowledged.keySet());
    }

    @Test
    void whatWasWrittenAndNotAnsweredIsNotWrittenAgain() throws Exception {
        var appends = place.disk.hold();
        var answer = new CompletableFuture<PodResponse>();
        Thread.startVirtualThread(() -> answer.complete(create(b, "once")));
        while (!appends.hasQueuedThreads()) {
            Thread.sleep(1);
        }

        a.die();
        appends.release(1_000);
        long deadline = System.nanoTime() + SECONDS.toNanos(Instance.DEADLINE_SECONDS);
        while (place.disk.groups().isEmpty()) {
            assertThat(System.nanoTime()).as("time for the append").isLessThan(deadline);
            Thread.sleep(1);
        }
        place.ballot.electBehindTheBackOfTheOther("b");

        PodResponse once = answer.get(Instance.DEADLINE_SECONDS, SECONDS);
        assertThat(once.getCommit().getRevision()).isEqualTo(1);
        assertThat(once.getObject()).isEqualTo(get(b, "once").getObject());
        assertThat(place.disk.groups()).containsExactly(1);
    }

    @Test
    void withoutAWriterTheCallerHearsWhoWasTheLastAndWhatToLookAt() throws Exception {
        nobodyWrites();
        long start = System.nanoTime();

        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> create(b, "one"));

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Place.WAIT, Place.WAIT.plusSeconds(5));
        assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription())
                .contains("shard control has no writer that answers")
                .contains("a at " + a.address + " (term 1) wrote it last")
                .contains("no answer for 5 s")
                .contains("this process is not elected")
                .contains("health");
    }

    @Test
    void theRefusalComesBeforeTheDeadlineOfTheCall() throws Exception {
        nobodyWrites();

        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                PodsGrpc.newBlockingStub(b.channel)
                                        .withDeadlineAfter(1, SECONDS)
                                        .create(creating("one")));

        assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
    }

    /** Each has it from the log that the other one is the writer. */
    @Test
    void aCallIsNotSentToAndFro() throws Exception {
        nobodyWrites();
        place.believes("a", "b");
        place.believes("b", "a");

        StatusRuntimeException refused =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                PodsGrpc.newBlockingStub(b.channel)
                                        .withDeadlineAfter(2, SECONDS)
                                        .create(creating("one")));

        assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription()).contains("a at " + a.address);
    }

    @Test
    void aCallThatWaitsGoesToTheNextWriter() throws Exception {
        nobodyWrites();
        var answer = new CompletableFuture<PodResponse>();
        Thread.startVirtualThread(() -> answer.complete(create(a, "one")));

        place.ballot.elect("b");

        assertThat(answer.get(Instance.DEADLINE_SECONDS, SECONDS).getCommit().getRevision())
                .isEqualTo(1);
    }

    @Test
    void aTenureThatCannotBeginSaysWhyAndIsTriedAgain() throws Exception {
        b.fault.set(Optional.of(new IllegalStateException("no address for it")));

        place.ballot.elect("b");
        var failing = b.awaitState(Seat.State.Failing.class);
        b.fault.set(Optional.empty());
        place.ballot.elect("b");
        b.awaitState(Seat.State.Serving.class);

        assertThat(failing.why()).contains("no address for it");
        assertThat(place.ballot.stoodDown()).containsExactly("b");
        create(a, "one");
    }

    @Test
    void aLogThatCannotBeClaimedIsTriedAgain() throws Exception {
        place.disk.failClaims(1);

        place.ballot.elect("b");
        var failing = b.awaitState(Seat.State.Failing.class);
        place.ballot.elect("b");
        b.awaitState(Seat.State.Serving.class);

        assertThat(failing.why()).contains("cannot be claimed");
    }

    @Test
    void aDeposedWriterLearnsItFromTheLog() throws Exception {
        place.ballot.electBehindTheBackOfTheOther("b");
        b.awaitState(Seat.State.Serving.class);
        // It still takes itself for the writer, as those do who have read no later claim.
        assertThat(a.seat.state()).isInstanceOf(Seat.State.Serving.class);

        PodResponse written = create(a, "one");

        a.awaitState(Seat.State.Standby.class);
        assertThat(get(b, "one").getObject()).isEqualTo(written.getObject());
        assertThat(place.ballot.stoodDown()).containsExactly("a");
    }

    @Test
    void aProcessThatDoesNotFollowTheShardAsksOneThatDoes() throws Exception {
        Way toB =
                Way.to(
                        "another",
                        "c",
                        Optional.empty(),
                        () -> place.claimSeenBy("c"),
                        Instance::line,
                        Place.WAIT);
        place.believes("c", "b");
        var server =
                Instance.serve(
                        place.address("c"),
                        List.of(Door.asking(PodsGrpc.getServiceDescriptor(), Place.SHARD, toB)));
        var channel = Instance.line(place.address("c"));

        var written =
                PodsGrpc.newBlockingStub(channel.channel())
                        .withDeadlineAfter(Instance.DEADLINE_SECONDS, SECONDS)
                        .create(creating("one"));

        assertThat(get(a, "one").getObject()).isEqualTo(written.getObject());
        channel.close();
        server.shutdownNow();
        toB.close();
    }
}
