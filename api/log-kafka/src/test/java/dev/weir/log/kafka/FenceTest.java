package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.log.LogException;
import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogHead;
import dev.weir.model.Shards;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may write, and that nobody else's writes are ever seen. */
@Timeout(60)
class FenceTest {
    private final KafkaConfig config = SharedBroker.newCluster();
    private final KafkaLogStore store = KafkaLogStore.open(config);

    @Test
    void aClaimEndsTheOpenTransactionOfTheWriterBefore() {
        String topic = config.stateTopic(Shards.CONTROL);
        try (TxLog log = store.shard(Shards.CONTROL)) {
            long term = log.claim("a");
            log.append(term, List.of(Contents.entry(1, "k/n/a", "1")));
        }
        try (KafkaProducer<byte[], byte[]> old = producer();
                TxLog young = store.shard(Shards.CONTROL)) {
            old.initTransactions();
            old.beginTransaction();
            LogHead head = LogHead.newBuilder().setLogId(store.logId()).setRevision(2).build();
            TopicRecords.group(topic, List.of(Contents.entry(2, "k/n/late", "1")), head)
                    .forEach(old::send);
            old.flush();

            young.claim("young");
            Contents found = Contents.of(young);

            assertThat(found.values()).containsOnlyKeys("k/n/a");
            assertThat(found.head().revision()).isEqualTo(1);
            assertThatThrownBy(old::commitTransaction).isInstanceOf(ProducerFencedException.class);
            young.claim("young");
            assertThat(Contents.of(young).values()).containsOnlyKeys("k/n/a");
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Fence.settings(config, Shards.CONTROL, "old"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Test
    void whoIsNotElectedTakesNothingFromAnybody() {
        AtomicBoolean elected = new AtomicBoolean();
        try (TxLog owner = store.shard(Shards.CONTROL);
                TxLog other = store.shard(Shards.CONTROL, "", elected::get)) {
            long term = owner.claim("owner");

            assertThatThrownBy(() -> other.claim("other"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("not elected");

            assertThat(owner.append(term, List.of(Contents.entry(1, "k/n/a", "1"))))
                    .isEqualTo(new Outcome.Durable());
            elected.set(true);
            other.claim("other");
            assertThat(Contents.of(other).values()).containsKey("k/n/a");
        }
    }

    @Test
    void theOneWhoWasFencedIsToldByWhom() {
        try (TxLog old = store.shard(Shards.CONTROL);
                TxLog young = store.shard(Shards.CONTROL, "tcp://10.0.0.2:7443", () -> true)) {
            long oldTerm = old.claim("same-name");
            long youngTerm = young.claim("same-name");
            List<dev.weir.log.Entry> late = List.of(Contents.entry(1, "k/n/late", "1"));

            Outcome first = old.append(oldTerm, late);
            Outcome second = old.append(oldTerm, late);

            assertThat(first)
                    .isEqualTo(new Outcome.Fenced(youngTerm, "same-name at tcp://10.0.0.2:7443"))
                    .isEqualTo(second);
            assertThatThrownBy(() -> old.claim("same-name"))
                    .isInstanceOf(LogException.Fenced.class)
                    .hasMessageContaining("same-name at tcp://10.0.0.2:7443");
            assertThat(young.append(youngTerm, late)).isEqualTo(new Outcome.Durable());
        }
    }

    @Test
    void theShardsHaveFencesOfTheirOwn() {
        try (TxLog control = store.shard(Shards.CONTROL);
                TxLog dns = store.shard(Shards.DNS)) {
            long term = control.claim("a");
            dns.claim("b");

            assertThat(control.append(term, List.of(Contents.entry(1, "k/n/a", "1"))))
                    .isEqualTo(new Outcome.Durable());
        }
    }
}
