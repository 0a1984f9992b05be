package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.Entry;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is too large is refused, and the writer goes on. */
@Timeout(60)
class RecordSizeTest {
    private static final int MAX = 100_000;

    private final KafkaConfig config = bounded(SharedBroker.newCluster());
    private final TxLog log = KafkaLogStore.open(config).shard(Shards.CONTROL);

    private static KafkaConfig bounded(KafkaConfig config) {
        return new KafkaConfig(
                config.cluster(),
                config.bootstrap(),
                Map.of(),
                (short) 1,
                Duration.ofHours(1),
                Duration.ofDays(7),
                KafkaConfig.SESSION,
                KafkaConfig.TRANSACTION,
                KafkaConfig.REQUEST,
                MAX,
                false);
    }

    private static List<Entry> group(long revision, int bytes) {
        return List.of(
                Contents.entry(revision, "k/n/small", "1"),
                Contents.entry(revision + 1, "k/n/large", "x".repeat(bytes)));
    }

    private static void isRefused(Outcome outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused ->
                                assertThat(refused.reason()).isEqualTo(Outcome.Reason.TOO_LARGE));
    }

    @Test
    void isRefusedBeforeItIsSent() {
        long term = log.claim("a");

        Outcome large = log.append(term, group(1, MAX));
        Outcome fitting = log.append(term, group(1, MAX - 2_000));

        isRefused(large);
        assertThat(fitting).isEqualTo(new Outcome.Durable());
        log.close();
    }

    @Test
    void isUndoneWhenTheTopicTakesLessThanItDid() throws Exception {
        long term = log.claim("a");
        Changes.set(
                config,
                config.stateTopic(Shards.CONTROL),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                "20000");

        Outcome large = log.append(term, group(1, 50_000));
        Outcome fitting = log.append(term, group(1, 10_000));

        isRefused(large);
        assertThat(fitting).isEqualTo(new Outcome.Durable());
        log.claim("a");
        assertThat(Contents.of(log).values().get("k/n/large")).hasSize(10_000);
        log.close();
    }
}
