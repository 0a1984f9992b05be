package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.log.LogException;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics that are not those that the log was written to. */
@Timeout(60)
class LogIdTest {
    private final KafkaConfig config = SharedBroker.newCluster();
    private final String topic = config.stateTopic(Shards.CONTROL);

    private static void write(KafkaLogStore store, long revision) {
        try (TxLog log = store.shard(Shards.CONTROL)) {
            long term = log.claim("writer");
            assertThat(log.append(term, List.of(Contents.entry(revision, "k/n/a", "" + revision))))
                    .isEqualTo(new Outcome.Durable());
        }
    }

    @Test
    void aTopicOfAnotherLogIsRefusedUnlessItIsAdopted() throws Exception {
        KafkaLogStore before = KafkaLogStore.open(config);
        write(before, 7);
        Changes.delete(config, config.stateTopic(Shards.DNS));

        KafkaLogStore after = KafkaLogStore.open(config);

        assertThat(after.logId()).isNotEqualTo(before.logId());
        try (TxLog refused = after.shard(Shards.CONTROL)) {
            assertThatThrownBy(() -> refused.claim("writer"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("Topic " + topic + " belongs to log " + before.logId())
                    .hasMessageContaining("weir.kafka.adopt=true");
        }
        try (TxLog adopted = KafkaLogStore.open(adopting(config)).shard(Shards.CONTROL)) {
            long term = adopted.claim("writer");
            Contents contents = Contents.of(adopted);
            assertThat(contents.values()).isEqualTo(Map.of("k/n/a", "7"));
            assertThat(contents.head().logId()).isEqualTo(after.logId());
            assertThat(contents.head().revision()).isEqualTo(7);
            assertThat(adopted.append(term, List.of(Contents.entry(8, "k/n/b", "8"))))
                    .isEqualTo(new Outcome.Durable());
        }
        try (TxLog log = after.shard(Shards.CONTROL)) {
            assertThat(Contents.claimed(log).head().revision()).isEqualTo(8);
        }
    }

    private static KafkaConfig adopting(KafkaConfig config) {
        return new KafkaConfig(
                config.cluster(),
                config.bootstrap(),
                config.client(),
                config.replicas(),
                config.minCompactionLag(),
                config.tombstones(),
                config.session(),
                config.transaction(),
                config.request(),
                config.maxMessage(),
                true);
    }

    @Test
    void aTopicThatLostWhatThisProcessHasSeenIsRefused() throws Exception {
        KafkaLogStore store = KafkaLogStore.open(config);
        write(store, 7);
        Changes.delete(config, topic);
        KafkaLogStore.open(config);

        try (TxLog log = store.shard(Shards.CONTROL)) {
            assertThatThrownBy(() -> log.claim("writer"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("Topic " + topic + " was truncated")
                    .hasMessageContaining("ends at revision 0")
                    .hasMessageContaining("has seen revision 7");
        }
    }

    @Test
    void recordsWithoutAHeadAreRefused() throws Exception {
        KafkaLogStore store = KafkaLogStore.open(config);
        send("Service/default/web");

        try (TxLog log = store.shard(Shards.CONTROL)) {
            assertThatThrownBy(() -> log.claim("writer"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("Topic " + topic + " was truncated");
        }
    }

    @Test
    void recordsThatOthersWroteStopTheReplay() throws Exception {
        KafkaLogStore store = KafkaLogStore.open(config);
        write(store, 1);
        send("Service/default/web");

        try (TxLog log = store.shard(Shards.CONTROL)) {
            log.claim("writer");
            assertThatThrownBy(() -> Contents.of(log))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("no header \"revision\"")
                    .hasMessageContaining("let nobody else write to the topic");
        }
    }

    private void send(String key) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        config.clientSettings("stranger"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    topic, key.getBytes(StandardCharsets.UTF_8), new byte[] {1}))
                    .get(10, TimeUnit.SECONDS);
        }
    }
}
