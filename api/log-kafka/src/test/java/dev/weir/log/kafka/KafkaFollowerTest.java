package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.log.Entry;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogClaim;
import dev.weir.model.Shards;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a follower serves, with a real broker. */
@Timeout(120)
class KafkaFollowerTest {
    private static final String SHARD = Shards.CONTROL;
    private static final int HISTORY = 10_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final KafkaConfig config = SharedBroker.newCluster();
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** Writes what a story tells. */
    private final class Writer {
        private final TxLog log;
        private final long term;
        private final Story story;

        Writer(KafkaConfig at) {
            KafkaLogStore store = KafkaLogStore.open(at);
            log = keep(store.shard(SHARD, "tcp://127.0.0.1:1", () -> true));
            term = log.claim("writer");
            log.replay(new Nothing());
            story = new Story(seed, SHARD, store.logId());
        }

        void write(int groups) {
            for (int i = 0; i < groups; i++) {
                write(story.group(1 + random.nextInt(3)));
            }
        }

        void write(List<Entry> group) {
            assertThat(log.append(term, group)).isEqualTo(new Outcome.Durable());
        }
    }

    private static final class Nothing implements TxLog.Handler {
        @Override
        public void record(
                long revision,
                String key,
                java.util.Optional<com.google.protobuf.ByteString> value) {}

        @Override
        public void request(long revision, String requestId) {}
    }

    private <C extends AutoCloseable> C keep(C closeable) {
        opened.add(closeable);
        return closeable;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
    }

    private KafkaFollower follow(KafkaConfig at, int history) {
        return keep(KafkaFollower.start(at, SHARD, history));
    }

    private void awaitImage(KafkaFollower follower, Image image) {
        Await.until(
                "the follower has read revision " + image.revision() + ", seed " + seed,
                Await.LONG,
                () ->
                        follower.image().revision() == image.revision()
                                && follower.image().logId().equals(image.logId()),
                () -> "at " + follower.image().revision() + ", " + follower.trouble());
        assertThat(follower.image()).as("seed %s", seed).isEqualTo(image);
    }

    private static Next next(KafkaFollower follower, long after) throws InterruptedException {
        return follower.next(follower.image().logId(), after, Duration.ZERO);
    }

    private static long floor(KafkaFollower follower) throws InterruptedException {
        return ((Next.Expired) follower.next("unknown", 0, Duration.ZERO)).floor();
    }

    /** From each revision on that is kept, a reader arrives at the image; before it, at none. */
    private void assertResumable(KafkaFollower follower, Story story, long floor)
            throws InterruptedException {
        long head = story.image().revision();
        for (long revision = floor; revision <= head; revision++) {
            Next.Changes changes = (Next.Changes) next(follower, revision);
            Image image = story.at(revision).apply(changes.delta());
            assertThat(image.objects())
                    .as("resumed after %s, seed %s", revision, seed)
                    .isEqualTo(story.image().objects());
        }
        if (floor > 0) {
            assertThat(next(follower, floor - 1)).isEqualTo(new Next.Expired(floor, head));
        }
    }

    @Test
    void followersThatBeganAtDifferentTimesAreEqual() throws Exception {
        Writer writer = new Writer(config);
        KafkaFollower first = follow(config, HISTORY);
        writer.write(30);
        KafkaFollower second = follow(config, HISTORY);
        writer.write(30);

        awaitImage(first, writer.story.image());
        awaitImage(second, writer.story.image());

        assertThat(first.caughtUp()).isTrue();
        assertThat(first.trouble()).isEmpty();
        assertThat(first.writer().map(LogClaim::getInstance)).contains("writer");
        assertThat(second.writer().map(LogClaim::getAddress)).contains("tcp://127.0.0.1:1");
        assertThat(floor(second)).as("what came before it started").isZero();
        assertResumable(second, writer.story, 0);
    }

    @Test
    void readerIsWokenUpAndSeesWholeTransactions() throws Exception {
        Writer writer = new Writer(config);
        KafkaFollower follower = follow(config, HISTORY);
        awaitImage(follower, writer.story.image());
        AtomicReference<Image> read = new AtomicReference<>(follower.image());
        Thread reader =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                Image image = read.get();
                                while (image.revision() < 40) {
                                    Next.Changes next =
                                            (Next.Changes)
                                                    follower.next(
                                                            image.logId(),
                                                            image.revision(),
                                                            Await.LONG);
                                    image = image.apply(next.delta());
                                    read.set(image);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        while (writer.story.image().revision() < 40) {
            writer.write(writer.story.group(1));
        }

        assertThat(reader.join(Await.LONG)).isTrue();
        assertThat(read.get()).as("seed %s", seed).isEqualTo(writer.story.image());
    }

    @Test
    void resumesAtTheFloorWhenTheLastWriteWasARemoval() throws Exception {
        Writer writer = new Writer(config);
        writer.write(20);
        writer.write(List.of(writer.story.removal()));
        KafkaFollower follower = follow(config, 10);

        awaitImage(follower, writer.story.image());

        long floor = floor(follower);
        assertThat(floor).isPositive();
        assertResumable(follower, writer.story, floor);
        Next.Changes last = (Next.Changes) next(follower, writer.story.image().revision() - 1);
        assertThat(last.delta().changes().values())
                .singleElement()
                .isInstanceOf(Change.Remove.class);
    }

    @Test
    void compactionTakesHistoryButNoState() throws Exception {
        KafkaConfig quick =
                new KafkaConfig(
                        config.cluster(),
                        config.bootstrap(),
                        config.client(),
                        config.replicas(),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        config.session(),
                        config.transaction(),
                        config.request(),
                        config.maxMessage(),
                        config.adopt());
        Writer writer = new Writer(quick);
        writer.write(60);
        // A segment is closed, and then compacted, when something comes after it.
        KafkaFollower late = follow(quick, HISTORY);
        Await.until(
                "compaction has been at work",
                () -> {
                    writer.write(List.of(writer.story.removal()));
                    writer.write(1);
                    late.close();
                    try (KafkaFollower now = KafkaFollower.start(quick, SHARD, HISTORY)) {
                        Await.until("it has caught up", now::caughtUp);
                        return floor(now) > 60;
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });

        KafkaFollower follower = follow(quick, HISTORY);

        awaitImage(follower, writer.story.image());
        assertResumable(follower, writer.story, floor(follower));
    }

    @Test
    void readsAnewWhenRemovalsMayHaveBeenForgotten() {
        Writer writer = new Writer(config);
        writer.write(5);
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        KafkaFollower follower = keep(KafkaFollower.start(config, SHARD, HISTORY, now::get));
        awaitImage(follower, writer.story.image());
        assertThat(follower.passes()).isEqualTo(1);

        now.set(Instant.EPOCH.plus(config.tombstones()).plusSeconds(1));

        Await.until("it has read anew", () -> follower.passes() == 2);
        writer.write(5);
        awaitImage(follower, writer.story.image());
        assertThat(follower.passes()).isEqualTo(2);
    }

    @Test
    void servesWhatItHasUntilThereIsAnotherLog() throws Exception {
        Writer writer = new Writer(config);
        writer.write(5);
        Image before = writer.story.image();
        KafkaFollower follower = follow(config, HISTORY);
        awaitImage(follower, before);

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", config.bootstrap()))) {
            admin.deleteTopics(List.of(config.stateTopic(SHARD))).all().get(30, TimeUnit.SECONDS);
        }

        Await.until(
                "it says that the topic is gone",
                Await.LONG,
                () ->
                        follower.trouble()
                                .filter(trouble -> trouble.contains(config.stateTopic(SHARD)))
                                .isPresent(),
                follower::trouble);
        assertThat(follower.image()).isEqualTo(before);

        KafkaLogStore.open(config);
        Await.until(
                "it says that the topic is empty",
                Await.LONG,
                () -> follower.trouble().orElse("").contains("was emptied"),
                follower::trouble);
        assertThat(follower.image()).isEqualTo(before);

        Writer another = new Writer(config);
        another.write(2);
        awaitImage(follower, another.story.image());
        assertThat(follower.next(before.logId(), before.revision(), Duration.ZERO))
                .isInstanceOf(Next.Expired.class);
        Await.until("all is well", () -> follower.trouble().isEmpty());
    }

    @Test
    void stopsAtARecordThatItCannotRead() throws Exception {
        Writer writer = new Writer(config);
        writer.write(5);
        Image before = writer.story.image();
        KafkaFollower follower = follow(config, HISTORY);
        awaitImage(follower, before);

        try (KafkaProducer<byte[], byte[]> stranger =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", config.bootstrap()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            stranger.send(
                            new ProducerRecord<>(
                                    config.stateTopic(SHARD),
                                    "@what".getBytes(StandardCharsets.UTF_8),
                                    new byte[] {1}))
                    .get(30, TimeUnit.SECONDS);
        }
        writer.write(1);

        Await.until(
                "it names the record",
                Await.LONG,
                () -> follower.trouble().orElse("").contains("key \"@what\""),
                follower::trouble);
        assertThat(follower.trouble().orElseThrow()).contains(config.stateTopic(SHARD), "offset");
        assertThat(follower.image()).isEqualTo(before);
        KafkaFollower later = follow(config, HISTORY);
        assertThat(later.awaitCaughtUp(Duration.ofSeconds(2))).isFalse();
        assertThat(later.image().objects()).isEmpty();
        assertThat(later.trouble().orElse("")).contains("key \"@what\"");
    }
}
