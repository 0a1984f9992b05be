package dev.weir.log;

import static dev.weir.log.Namespaces.create;
import static dev.weir.log.Namespaces.deciding;
import static dev.weir.log.Namespaces.put;
import static dev.weir.log.Namespaces.remove;
import static dev.weir.log.Namespaces.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.log.SimulatedLog.Fault;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShardTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
    private Shard shard;

    @BeforeEach
    void open() {
        shard = Shard.open("test", disk.open(), ShardConfig.of("test"));
    }

    @AfterEach
    void close() {
        shard.close();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(SOON.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer from the shard within " + SOON, e);
        }
    }

    private static Failure failure(CompletableFuture<?> future) {
        try {
            throw new AssertionError("expected a failure, got " + get(future));
        } catch (ExecutionException e) {
            return ((FailureException) e.getCause()).failure();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Committed<String> write(Write<String> write) throws Exception {
        return get(shard.write(write));
    }

    /** What a new process finds. */
    private Image restarted() {
        shard.close();
        open();
        return shard.image();
    }

    /**
     * Sends the writes so that they share one group: the first one is on its way to the disk alone
     * when they come. The append of the group is let through, too.
     */
    private List<CompletableFuture<Committed<String>>> inOneGroup(
            List<? extends Write<String>> writes) throws Exception {
        Semaphore gate = disk.hold();
        CompletableFuture<Committed<String>> first = shard.write(put("first", "first"));
        List<CompletableFuture<Committed<String>>> answers = new ArrayList<>();
        awaitWaiting(gate);
        writes.forEach(write -> answers.add(shard.write(write)));
        gate.release(1_000);
        get(first);
        return answers;
    }

    private static void awaitWaiting(Semaphore gate) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!gate.hasQueuedThreads()) {
            assertThat(System.nanoTime())
                    .as("deadline for the first append to start")
                    .isLessThan(deadline);
            Thread.sleep(1);
        }
    }

    @Test
    void aWriteIsReadOnceItIsAnswered() throws Exception {
        Committed<String> committed = write(put("a", "1"));

        assertThat(committed).isEqualTo(new Committed<>("written at 1", "log-1", 1));
        assertThat(values(shard.image())).isEqualTo(Map.of("a", "1"));
        assertThat(shard.image().revision()).isEqualTo(1);
        assertThat(shard.image().get(Namespaces.key("a")).orElseThrow().revision()).isEqualTo(1);
    }

    @Test
    void replayGivesTheSameImage() throws Exception {
        write(put("a", "1").and("b", "1").after(Frontier.of("log-1", "other", 4)));
        write(put("c", "1"));
        write(remove("a"));
        write(put("b", "2"));
        Image before = shard.image();

        assertThat(restarted()).isEqualTo(before);
    }

    @Test
    void nothingPendingCanBeRead() throws Exception {
        Semaphore gate = disk.hold();
        CompletableFuture<Committed<String>> answer = shard.write(put("a", "1"));
        awaitWaiting(gate);

        assertThat(shard.image().objects()).isEmpty();
        assertThat(answer).isNotDone();

        gate.release(1_000);
        get(answer);
    }

    @Test
    void twoWritesOfOneGroupCannotTakeTheSameName() throws Exception {
        var answers = inOneGroup(List.of(create("a", "mine"), create("a", "yours")));

        assertThat(get(answers.get(0)).revision()).isEqualTo(2);
        assertThat(failure(answers.get(1)).reason()).isEqualTo(Reason.ALREADY_EXISTS);
        assertThat(disk.groups()).containsExactly(1, 1);
        assertThat(values(shard.image())).containsEntry("a", "mine");
    }

    @Test
    void writesThatComeTogetherAreOneGroup() throws Exception {
        List<Write<String>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(put("name-" + i, "x"));
        }

        var answers = inOneGroup(writes);

        for (int i = 0; i < 200; i++) {
            assertThat(get(answers.get(i)).revision()).isEqualTo(2 + i);
        }
        assertThat(disk.groups()).containsExactly(1, 200);
    }

    @Test
    void aGroupIsBounded() throws Exception {
        shard.close();
        shard = Shard.open("test", disk.open(), new ShardConfig("test", 100, 7, 100, SOON, SOON));
        List<Write<String>> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(put("name-" + i, "x"));
        }

        get(CompletableFuture.allOf(inOneGroup(writes).toArray(CompletableFuture[]::new)));

        assertThat(disk.groups()).containsExactly(1, 7, 7, 6);
    }

    @Test
    void aFullQueueSaysTryAgain() throws Exception {
        shard.close();
        shard = Shard.open("test", disk.open(), new ShardConfig("test", 2, 10, 100, SOON, SOON));
        Semaphore gate = disk.hold();
        var first = shard.write(put("a", "1"));
        awaitWaiting(gate);
        var second = shard.write(put("b", "1"));
        var third = shard.write(put("c", "1"));

        var refused = shard.write(put("d", "1"));

        assertThat(failure(refused).reason()).isEqualTo(Reason.UNAVAILABLE);
        gate.release(1_000);
        get(CompletableFuture.allOf(first, second, third));
        assertThat(values(shard.image())).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void aRefusalWaitsForTheWriteItIsAbout() throws Exception {
        disk.fail(Fault.NONE);
        disk.fail(Fault.UNKNOWN_LOST);

        var answers = inOneGroup(List.of(create("a", "lost"), create("a", "too late")));

        assertThat(failure(answers.get(0)).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure(answers.get(1)).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(write(create("a", "again")).revision()).isEqualTo(2);
    }

    @Test
    void whatChangesNothingUsesNoRevision() throws Exception {
        Committed<String> nothing =
                write(
                        deciding(
                                pending ->
                                        new Decision.Accept<>(
                                                new TreeMap<>(), Frontier.EMPTY, "none")));
        Committed<String> absent = write(remove("absent"));

        assertThat(nothing).isEqualTo(new Committed<>("none", "log-1", 0));
        assertThat(absent.revision()).isZero();
        assertThat(shard.image().revision()).isZero();
        assertThat(disk.groups()).isEmpty();
    }

    @Test
    void whatWasReadOfOthersIsWrittenEvenWithoutChanges() throws Exception {
        Frontier read = Frontier.of("log-1", "control", 5);
        Namespaces.Change onlyRead = new Namespaces.Change(Map.of(), read, "");

        long first = write(onlyRead).revision();
        long again = write(onlyRead).revision();
        long earlier =
                write(new Namespaces.Change(Map.of(), Frontier.of("log-1", "control", 4), ""))
                        .revision();
        long other =
                write(new Namespaces.Change(Map.of(), Frontier.of("log-1", "policy", 1), ""))
                        .revision();

        assertThat(List.of(first, again, earlier, other)).containsExactly(1L, 0L, 0L, 2L);
        assertThat(restarted().after()).isEqualTo(read.with("log-1", "policy", 1));
        assertThat(shard.image().revision()).isEqualTo(2);
    }

    @Test
    void whatWasReadOfAnotherLogStartsOver() throws Exception {
        write(put("a", "1").after(Frontier.of("old", "control", 50)));

        write(put("a", "2").after(Frontier.of("new", "control", 3)));

        assertThat(restarted().after()).isEqualTo(Frontier.of("new", "control", 3));
    }

    @Test
    void aRepeatedRequestIsCarriedOutOnce() throws Exception {
        Committed<String> first = write(put("a", "1").as("request"));
        write(put("a", "2"));

        Committed<String> again = write(put("a", "1").as("request"));

        assertThat(first.revision()).isEqualTo(1);
        assertThat(again).isEqualTo(new Committed<>("repeated", "log-1", 1));
        assertThat(values(restarted())).isEqualTo(Map.of("a", "2"));
        assertThat(write(put("a", "1").as("request")).answer()).isEqualTo("repeated");
    }

    @Test
    void aRequestRepeatedInItsOwnGroupIsCarriedOutOnce() throws Exception {
        var answers = inOneGroup(List.of(put("a", "1").as("request"), put("a", "2").as("request")));

        assertThat(get(answers.get(0)).answer()).isEqualTo("written at 2");
        assertThat(get(answers.get(1))).isEqualTo(new Committed<>("repeated", "log-1", 2));
        assertThat(values(shard.image())).containsEntry("a", "1");
    }

    @Test
    void aRefusedRequestMayBeTriedAgain() throws Exception {
        disk.fail(Fault.DISK_FULL);
        Failure full = failure(shard.write(put("a", "1").as("request")));

        Committed<String> again = write(put("a", "1").as("request"));

        assertThat(full.reason()).isEqualTo(Reason.STORAGE);
        assertThat(again).isEqualTo(new Committed<>("written at 1", "log-1", 1));
    }

    @Test
    void whatIsTooLargeFailsAlone() throws Exception {
        disk.takeAtMost(1_000);
        String large = "x".repeat(1_000);

        var answers =
                inOneGroup(
                        List.of(
                                put("a", "1"),
                                put("b", large),
                                put("c", "2"),
                                put("d", "3").and("e", large)));

        assertThat(get(answers.get(0)).revision()).isEqualTo(2);
        assertThat(failure(answers.get(1)).reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(get(answers.get(2)).revision()).isEqualTo(3);
        assertThat(failure(answers.get(3)).reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(values(shard.image())).containsEntry("a", "1").containsEntry("c", "2");
        assertThat(values(shard.image())).doesNotContainKeys("b", "d", "e");
    }

    @Test
    void anEndlessRequestIdIsRefused() {
        assertThat(failure(shard.write(put("a", "1").as("x".repeat(65)))).reason())
                .isEqualTo(Reason.BAD_REQUEST);
    }

    @Test
    void aGroupThatTheStorageRefusesChangesNothing() throws Exception {
        write(put("a", "1"));
        disk.fail(Fault.DISK_FULL);
        disk.fail(Fault.READ_ONLY);

        Failure full = failure(shard.write(put("a", "2")));
        Failure readOnly = failure(shard.write(put("a", "3")));

        assertThat(full.reason()).isEqualTo(Reason.STORAGE);
        assertThat(readOnly.reason()).isEqualTo(Reason.STORAGE);
        assertThat(values(shard.image())).isEqualTo(Map.of("a", "1"));
        assertThat(write(put("a", "4")).revision()).isEqualTo(2);
    }

    @Test
    void anUnknownOutcomeThatWasWrittenIsAnswered() throws Exception {
        for (Fault fault : List.of(Fault.UNKNOWN_WRITTEN, Fault.THROWS_WRITTEN)) {
            long before = shard.image().revision();
            disk.fail(fault);

            Committed<String> committed = write(put("a", fault.name()).as(fault.name()));

            assertThat(committed.revision()).isEqualTo(before + 1);
            assertThat(values(shard.image())).isEqualTo(Map.of("a", fault.name()));
            assertThat(shard.next("log-1", before, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            Next.Changes.class,
                            next -> assertThat(next.delta().changes()).hasSize(1));
            assertThat(write(put("a", "again").as(fault.name())).answer()).isEqualTo("repeated");
        }
    }

    @Test
    void anUnknownOutcomeThatWasLostIsUnavailable() throws Exception {
        write(put("a", "1"));
        disk.fail(Fault.UNKNOWN_LOST);

        Failure failure = failure(shard.write(put("a", "2").as("request")));

        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(values(shard.image())).isEqualTo(Map.of("a", "1"));
        assertThat(write(put("a", "2").as("request")))
                .isEqualTo(new Committed<>("written at 2", "log-1", 2));
    }

    @Test
    void aDoubtIsSettledOnceTheLogCanBeClaimed() throws Exception {
        disk.failClaims(2);
        disk.fail(Fault.UNKNOWN_WRITTEN);
        Failure unknown = failure(shard.write(put("a", "1").as("request")));
        assertThat(unknown.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(unknown.message()).contains("same request id");

        Next next = shard.next("log-1", 0, SOON);

        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.Changes.class,
                        changes -> assertThat(changes.delta().revision()).isEqualTo(1));
        assertThat(shard.down()).isEmpty();
        assertThat(write(put("a", "1").as("request")))
                .isEqualTo(new Committed<>("repeated", "log-1", 1));
    }

    @Test
    void aFencedWriterStandsDownAndStillReads() throws Exception {
        write(put("a", "1"));
        try (Shard other = Shard.open("test", disk.open(), ShardConfig.of("other"))) {
            Failure fenced = failure(shard.write(put("a", "2")));
            Failure later = failure(shard.write(put("a", "3")));

            assertThat(fenced.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(later.message()).contains("other has claimed it");
            assertThat(shard.down()).isPresent();
            assertThat(values(shard.image())).isEqualTo(Map.of("a", "1"));
            assertThat(get(other.write(put("a", "4"))).revision()).isEqualTo(2);
        }
    }

    @Test
    void aWriterInDoubtDoesNotTakeTheLogBack() throws Exception {
        Semaphore gate = disk.hold();
        disk.fail(Fault.UNKNOWN_WRITTEN);
        var doubtful = shard.write(put("a", "1"));
        awaitWaiting(gate);
        disk.failClaims(1);
        gate.release();
        assertThat(failure(doubtful).reason()).isEqualTo(Reason.UNAVAILABLE);
        gate.release(1_000);

        try (Shard other = Shard.open("test", disk.open(), ShardConfig.of("other"))) {
            long deadline = System.nanoTime() + SOON.toNanos();
            while (shard.down()
                    .filter(down -> down.message().contains("another writer"))
                    .isEmpty()) {
                assertThat(System.nanoTime()).as("deadline for standing down").isLessThan(deadline);
                Thread.sleep(5);
            }
            assertThat(get(other.write(put("b", "1"))).revision()).isEqualTo(2);
        }
    }

    @Test
    void whatADecisionThrowsGoesToItsCallerOnly() throws Exception {
        var answers =
                inOneGroup(
                        List.of(
                                deciding(
                                        pending -> {
                                            throw new IllegalStateException("a bug");
                                        }),
                                put("a", "1")));

        assertThatThrownBy(() -> get(answers.get(0)))
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(get(answers.get(1)).revision()).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeReadBackIsNotWritten() throws Exception {
        Key unknown = new Key("Unknown", "", "a");
        Key slash = new Key("Namespace", "n/m", "a");
        Key wrongType = new Key("Pod", "n", "a");

        for (Key key : List.of(unknown, slash, wrongType)) {
            var answer =
                    shard.write(
                            deciding(
                                    pending ->
                                            new Decision.Accept<>(
                                                    new TreeMap<>(
                                                            Map.of(
                                                                    key,
                                                                    Optional.of(
                                                                            Namespaces.object(
                                                                                    "a", "1")))),
                                                    Frontier.EMPTY,
                                                    "")));
            assertThatThrownBy(() -> get(answer))
                    .as(key.toString())
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }
        assertThat(restarted().revision()).isZero();
    }

    @Test
    void aSlowCallerHoldsNobodyUp() throws Exception {
        Semaphore blocked = new Semaphore(0);
        Semaphore gate = disk.hold();
        var slow =
                shard.write(put("a", "1"))
                        .thenAccept(committed -> blocked.acquireUninterruptibly());
        gate.release(1_000);

        assertThat(write(put("b", "1")).revision()).isEqualTo(2);
        assertThat(slow).isNotDone();
        blocked.release();
        get(slow);
    }

    @Test
    void closingCarriesOutWhatWasTaken() throws Exception {
        List<CompletableFuture<Committed<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(shard.write(put("name-" + i, "x")));
        }

        shard.close();

        for (var answer : answers) {
            assertThat(get(answer).revision()).isPositive();
        }
        assertThat(failure(shard.write(put("late", "x"))).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThatThrownBy(() -> shard.next("log-1", 500, SOON))
                .isInstanceOf(FailureException.class);
    }

    @Test
    void closingWakesReadersUp() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread.startVirtualThread(
                () -> {
                    try {
                        shard.next("log-1", 0, Duration.ofSeconds(50));
                        ended.complete(new AssertionError("answered"));
                    } catch (InterruptedException | FailureException e) {
                        ended.complete(e);
                    }
                });

        shard.close();

        assertThat(get(ended)).isInstanceOf(FailureException.class);
    }
}
