package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.Outcome;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each transaction raises the producer's epoch, which has 16 bits: after some time the brokers give
 * it another id.
 */
@Timeout(1200)
class ProducerRotationTest {
    private static final String ASKED = "weir.kafka.rotation";

    /** Twice around, and some. */
    private static final int TRANSACTIONS = 2 * Short.MAX_VALUE + 1_000;

    private static final int KEYS = 100;

    @Test
    void goesOnAfterMoreTransactionsThanAnEpochCounts() {
        Assumptions.assumeTrue(
                Boolean.getBoolean(ASKED),
                "more than 65,000 transactions take several minutes: asked for with -D"
                        + ASKED
                        + "=true");
        try (TxLog log = KafkaLogStore.open(SharedBroker.newCluster()).shard(Shards.CONTROL)) {
            long term = log.claim("writer");
            for (int revision = 1; revision <= TRANSACTIONS; revision++) {
                Outcome outcome =
                        log.append(
                                term,
                                List.of(
                                        Contents.entry(
                                                revision,
                                                "k/n/" + revision % KEYS,
                                                "" + revision)));
                assertThat(outcome).as("revision %d", revision).isEqualTo(new Outcome.Durable());
            }
            log.claim("writer");

            Contents contents = Contents.of(log);

            assertThat(contents.head().revision()).isEqualTo(TRANSACTIONS);
            for (int revision = TRANSACTIONS - KEYS + 1; revision <= TRANSACTIONS; revision++) {
                assertThat(contents.values())
                        .containsEntry("k/n/" + revision % KEYS, "" + revision);
            }
        }
    }
}
