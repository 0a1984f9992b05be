package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Namespaces;
import dev.weir.log.Replica;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.log.SimulatedLog.Fault;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A slice is derived from each namespace of the control shard, with its value as label. */
class DerivationLoopTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofMillis(300);

    private final SimulatedLog.Disk controlDisk = new SimulatedLog.Disk("log-1");
    private final SimulatedLog.Disk ownDisk = new SimulatedLog.Disk("log-1");
    private Shard control;
    private Shard own;
    private DerivationLoop loop;

    @BeforeEach
    void open() {
        control = Shard.open("control", controlDisk.open(), ShardConfig.of("test"));
        own = Shard.open("endpoint", ownDisk.open(), ShardConfig.of("test"));
    }

    @AfterEach
    void close() {
        loop.close();
        control.close();
        own.close();
    }

    private void start() {
        startReading(control);
    }

    private void startReading(ShardReader upstream) {
        loop = new DerivationLoop(own, List.of(upstream), DerivationLoopTest::derive);
        loop.start();
    }

    private static SortedMap<Key, Optional<Message>> derive(Derivation.Steps steps) {
        Map<String, String> wanted = Namespaces.values(steps.of("control").to());
        Map<String, String> there = values(steps.of("endpoint").to());
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
        wanted.forEach(
                (name, value) -> {
                    if (!name.startsWith("quiet") && !value.equals(there.get(name))) {
                        changes.put(key(name), Optional.of(slice(name, value)));
                    }
                });
        there.keySet().stream()
                .filter(name -> !wanted.containsKey(name))
                .forEach(name -> changes.put(key(name), Optional.empty()));
        return changes;
    }

    private static Key key(String name) {
        return Kinds.ENDPOINT_SLICE.key("default", name);
    }

    private static EndpointSlice slice(String name, String value) {
        return EndpointSlice.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace("default")
                                .setName(name)
                                .putLabels("value", value))
                .build();
    }

    private static Map<String, String> values(Image image) {
        Map<String, String> values = new HashMap<>();
        image.all(Kinds.ENDPOINT_SLICE, EndpointSlice.class)
                .map(EndpointSlice::getMetadata)
                .forEach(
                        metadata ->
                                values.put(metadata.getName(), metadata.getLabelsOrThrow("value")));
        return values;
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for: " + what).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private void awaitConsumed() throws InterruptedException {
        long revision = control.image().revision();
        await(
                "the derivation has consumed control revision " + revision,
                () -> own.image().after().revision("control") >= revision);
    }

    private void awaitQuiet() throws InterruptedException {
        long revision = own.image().revision();
        Thread.sleep(QUIET);
        while (own.image().revision() != revision) {
            revision = own.image().revision();
            Thread.sleep(QUIET);
        }
    }

    @Test
    void whatIsThereAtTheStartIsDerived() throws Exception {
        control.write(Namespaces.put("a", "1").and("b", "2")).join();

        start();
        awaitConsumed();

        assertThat(values(own.image())).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(own.image().after().logId()).isEqualTo("log-1");
    }

    @Test
    void derivedObjectsKeepTheirIdentity() throws Exception {
        start();
        control.write(Namespaces.put("a", "1")).join();
        awaitConsumed();
        ObjectMeta first = metadata("a");

        control.write(Namespaces.put("a", "2")).join();
        awaitConsumed();

        ObjectMeta second = metadata("a");
        assertThat(first.getUid()).isNotEmpty();
        assertThat(second.getUid()).isEqualTo(first.getUid());
        assertThat(second.getCreationTimestamp()).isEqualTo(first.getCreationTimestamp());
        assertThat(second.getLabelsOrThrow("value")).isEqualTo("2");
        assertThat(second.getResourceVersion())
                .isEqualTo(Long.toString(own.image().get(key("a")).orElseThrow().revision()));
    }

    private ObjectMeta metadata(String name) {
        return own.image().find(EndpointSlice.class, key(name)).orElseThrow().getMetadata();
    }

    @Test
    void whatIsConsumedIsSaidEvenWhenNothingFollows() throws Exception {
        start();

        control.write(Namespaces.put("quiet", "1")).join();
        awaitConsumed();

        assertThat(own.image().objects()).isEmpty();
    }

    @Test
    void whatOthersWriteToTheOwnShardIsConsumedToo() throws Exception {
        start();
        control.write(Namespaces.put("a", "1")).join();
        awaitConsumed();
        awaitQuiet();

        long revision = own.write(Namespaces.put("written-by-a-user", "1")).join().revision();

        await(
                "the derivation has consumed its own shard's revision " + revision,
                () -> own.image().after().revision("endpoint") >= revision);
    }

    @Test
    void itDoesNotAnswerItself() throws Exception {
        start();
        control.write(Namespaces.put("a", "1")).join();
        own.write(Namespaces.put("written-by-a-user", "1")).join();
        awaitConsumed();
        awaitQuiet();
        long revision = own.image().revision();

        Thread.sleep(QUIET);

        assertThat(own.image().revision()).isEqualTo(revision);
        assertThat(revision).as("writes for two changes").isLessThanOrEqualTo(6);
    }

    @Test
    void onceQuietItsHeadIncludesItself() throws Exception {
        start();
        for (int i = 0; i < 20; i++) {
            control.write(Namespaces.put("a" + i, "1")).join();
        }

        awaitConsumed();
        awaitQuiet();

        assertThat(own.image().after().revision("endpoint")).isEqualTo(own.image().revision());
    }

    @Test
    void manyChangesEndInTheSameState() throws Exception {
        start();
        for (int i = 0; i < 300; i++) {
            var unused = control.write(Namespaces.put("n" + i % 20, "v" + i));
            if (i % 7 == 0) {
                unused = control.write(Namespaces.remove("n" + (i + 3) % 20));
            }
        }
        control.write(Namespaces.put("last", "1")).join();

        awaitConsumed();

        assertThat(values(own.image())).isEqualTo(Namespaces.values(control.image()));
    }

    @ParameterizedTest
    @EnumSource
    void aWriteThatFailsIsTriedAgain(Fault fault) throws Exception {
        start();
        control.write(Namespaces.put("a", "1")).join();
        awaitConsumed();
        awaitQuiet();
        ownDisk.fail(fault);
        ownDisk.fail(fault);

        control.write(Namespaces.put("a", "2").and("b", "1")).join();
        awaitConsumed();

        assertThat(values(own.image())).isEqualTo(Map.of("a", "2", "b", "1"));
        awaitQuiet();
    }

    @Test
    void aChangeDuringAFailureIsNotLost() throws Exception {
        start();
        var gate = ownDisk.hold();
        ownDisk.fail(Fault.UNKNOWN_LOST);

        control.write(Namespaces.put("a", "1")).join();
        control.write(Namespaces.put("b", "1")).join();
        gate.release(1_000);
        awaitConsumed();

        assertThat(values(own.image())).isEqualTo(Map.of("a", "1", "b", "1"));
    }

    /** A reader that has nothing to say before it is let go. */
    private record Late(Shard shard0, CountDownLatch go) implements ShardReader {
        @Override
        public String shard() {
            return shard0.shard();
        }

        @Override
        public Image image() {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return shard0.image();
        }

        @Override
        public Next next(String logId, long after, Duration maxWait) throws InterruptedException {
            return shard0.next(logId, after, maxWait);
        }
    }

    @Test
    void whatCouldNotBeDerivedIsNotCountedAsConsumedAndNotLost() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        loop =
                new DerivationLoop(
                        own,
                        List.of(control),
                        steps -> {
                            if (broken.get()) {
                                throw new IllegalStateException("a bug in the derivation");
                            }
                            return derive(steps);
                        });
        loop.start();
        awaitConsumed();
        broken.set(true);
        long lost = control.write(Namespaces.put("a", "1")).join().revision();
        Thread.sleep(QUIET);
        assertThat(own.image().after().revision("control")).isLessThan(lost);

        broken.set(false);
        control.write(Namespaces.put("b", "2")).join();

        awaitConsumed();
        assertThat(values(own.image())).containsEntry("a", "1").containsEntry("b", "2");
    }

    @Test
    void nothingIsTakenAwayBeforeAllShardsWereHeardOf() throws Exception {
        control.write(Namespaces.put("a", "1")).join();
        start();
        awaitConsumed();
        awaitQuiet();
        loop.close();
        Image before = own.image();
        var go = new CountDownLatch(1);

        startReading(new Late(control, go));
        Thread.sleep(QUIET);
        assertThat(own.image().objects()).isEqualTo(before.objects());
        go.countDown();
        awaitConsumed();
        awaitQuiet();

        switch (own.next(before.logId(), before.revision(), Duration.ZERO)) {
            case ShardReader.Next.Changes(var delta) ->
                    assertThat(delta.changes().values()).noneMatch(Change.Remove.class::isInstance);
            case ShardReader.Next.Expired expired -> throw new AssertionError(expired);
        }
        assertThat(metadata("a").getUid())
                .isEqualTo(
                        before.find(EndpointSlice.class, key("a"))
                                .orElseThrow()
                                .getMetadata()
                                .getUid());
    }

    /** The next writer may have read less of the other shards than the one before it. */
    @Test
    void nothingIsDerivedFromLessThanBefore() throws Exception {
        control.write(Namespaces.put("a", "1")).join();
        Image old = control.image();
        control.write(Namespaces.put("b", "2")).join();
        start();
        awaitConsumed();
        awaitQuiet();
        loop.close();
        Image before = own.image();
        Replica behind = new Replica("control", ShardConfig.HISTORY);
        behind.restart(old);

        startReading(behind);
        Thread.sleep(QUIET);
        assertThat(own.image().objects()).isEqualTo(before.objects());
        control.write(Namespaces.put("c", "3")).join();
        behind.restart(control.image());
        awaitConsumed();

        assertThat(values(own.image())).isEqualTo(Map.of("a", "1", "b", "2", "c", "3"));
        assertThat(own.image().get(key("b"))).isEqualTo(before.get(key("b")));
    }

    @Test
    void afterTellsTheFrontierOfAllThatWasRead() throws Exception {
        start();
        control.write(Namespaces.put("a", "1")).join();
        awaitConsumed();

        Frontier after = own.image().after();

        assertThat(after.includes(Frontier.of("log-1", "control", 1))).isTrue();
        assertThat(after.revision("endpoint")).isLessThanOrEqualTo(own.image().revision());
    }
}
