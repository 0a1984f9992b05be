package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.Entry;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log that is compacted all the time, and read meanwhile. */
@Timeout(90)
class CompactionTest {
    private static final int KEYS = 20;
    private static final long LEAST = TimeUnit.SECONDS.toNanos(2);
    private static final long MOST = TimeUnit.SECONDS.toNanos(40);

    /** Half of what was written is gone: not only the first segments. */
    private static final int COMPACTED = 2;

    private static KafkaConfig eager(KafkaConfig config) {
        return new KafkaConfig(
                config.cluster(),
                config.bootstrap(),
                config.client(),
                (short) 1,
                Duration.ZERO,
                Duration.ofSeconds(30),
                config.session(),
                config.transaction(),
                config.request(),
                config.maxMessage(),
                false);
    }

    @Test
    void nothingThatCountsIsLost() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        TreeMap<String, String> model = new TreeMap<>();
        long revision = 0;
        int written = 0;
        long start = System.nanoTime();
        KafkaLogStore store = KafkaLogStore.open(eager(SharedBroker.newCluster()));
        try (TxLog log = store.shard(Shards.CONTROL)) {
            for (int round = 0; ; round++) {
                long term = log.claim("writer");
                Contents contents = Contents.of(log);
                assertThat(contents.head().revision()).as("seed %d", seed).isEqualTo(revision);
                assertThat(contents.values()).as("seed %d", seed).isEqualTo(model);
                long took = System.nanoTime() - start;
                if (took > LEAST && contents.records() < written / COMPACTED) {
                    return;
                }
                assertThat(took)
                        .as(
                                "seed %d: %d of %d records are still there",
                                seed, contents.records(), written)
                        .isLessThan(MOST);
                for (int i = 0; i < 30; i++) {
                    List<Entry> group = new ArrayList<>();
                    for (int j = random.nextInt(4); j >= 0; j--) {
                        revision++;
                        group.add(change(random, revision, model));
                    }
                    written += group.size();
                    assertThat(log.append(term, group))
                            .as("seed %d", seed)
                            .isEqualTo(new Outcome.Durable());
                }
            }
        }
    }

    private static Entry change(Random random, long revision, Map<String, String> model) {
        String key = "k/n/" + random.nextInt(KEYS);
        if (random.nextInt(3) == 0) {
            model.remove(key);
            return Contents.removal(revision, key);
        }
        model.put(key, "" + revision);
        return Contents.entry(revision, key, "" + revision);
    }
}
