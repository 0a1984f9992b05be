package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weir.broker.ForkedBroker;
import dev.weir.changes.Image;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker is killed, and comes back with what it had. */
@Timeout(180)
class BrokerLossTest {
    private static final String SHARD = Shards.CONTROL;
    private static final int HISTORY = 1000;

    @TempDir Path data;

    private static void write(KafkaLogStore store, Story story, int groups) {
        try (TxLog log = store.shard(SHARD)) {
            long term = log.claim("writer");
            log.replay(
                    new TxLog.Handler() {
                        @Override
                        public void record(long revision, String key, Optional<ByteString> value) {}

                        @Override
                        public void request(long revision, String requestId) {}
                    });
            for (int i = 0; i < groups; i++) {
                assertThat(log.append(term, story.group(2))).isEqualTo(new Outcome.Durable());
            }
        }
    }

    private static void awaitImage(KafkaFollower follower, Image image) {
        Await.until(
                "the follower has read revision " + image.revision(),
                Await.LONG,
                () -> follower.image().equals(image),
                () -> "at " + follower.image().revision() + ", " + follower.trouble());
    }

    private static void awaitTrouble(KafkaFollower follower, String words) {
        Await.until(
                "it says " + words,
                Await.LONG,
                () -> follower.trouble().orElse("").contains(words),
                follower::trouble);
    }

    @Test
    void everybodyWaitsForItAndGoesOn() throws Exception {
        try (ForkedBroker broker = ForkedBroker.start(data)) {
            KafkaConfig config =
                    Candidate.config("loss", broker.bootstrap(), Duration.ofSeconds(3));
            KafkaLogStore store = KafkaLogStore.open(config);
            long seed = new Random().nextLong();
            Story story = new Story(seed, SHARD, store.logId());
            write(store, story, 5);
            try (KafkaFollower before = store.follow(SHARD, HISTORY);
                    KafkaElection one = store.elect(SHARD, "one");
                    KafkaElection two = store.elect(SHARD, "two")) {
                awaitImage(before, story.image());
                one.start(new KafkaElectionTest.Told());
                Await.until("one is elected", one::elected);
                two.start(new KafkaElectionTest.Told());

                broker.kill();

                try (KafkaFollower early = store.follow(SHARD, HISTORY)) {
                    awaitTrouble(before, "no broker at " + broker.bootstrap());
                    awaitTrouble(early, "no broker at " + broker.bootstrap());
                    assertThat(before.image()).isEqualTo(story.image());
                    assertThat(early.caughtUp()).isFalse();

                    broker.restart();

                    assertThat(early.awaitCaughtUp(Await.LONG)).isTrue();
                    assertThat(early.image()).as("seed %s", seed).isEqualTo(story.image());
                    write(store, story, 5);
                    awaitImage(before, story.image());
                    awaitImage(early, story.image());
                    assertThat(before.passes()).as("it goes on where it was").isEqualTo(1);
                    Await.until("all is well", () -> before.trouble().isEmpty());
                    Await.until("one of two is elected", () -> one.elected() || two.elected());
                    assertThat(List.of(one.elected(), two.elected())).containsOnlyOnce(true);
                    KafkaElection holder = one.elected() ? one : two;
                    KafkaElection other = one.elected() ? two : one;
                    holder.standDown();
                    Await.until("the other is elected", other::elected);
                }
            }
        }
    }
}
