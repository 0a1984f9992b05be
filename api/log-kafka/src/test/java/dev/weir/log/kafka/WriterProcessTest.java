package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.model.Shards;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A writer that is paused or killed in the middle of its work, and the one that takes over. {@code
 * -Dweir.crash.rounds=N} to kill more of them.
 */
@Timeout(90)
class WriterProcessTest {
    private static final int ROUNDS = Integer.getInteger("weir.crash.rounds", 1);
    private static final int SOME = 200;

    private final KafkaConfig config = SharedBroker.newCluster();
    private final Acknowledged acknowledged = new Acknowledged();

    private Shard takeOver() {
        return Shard.open(
                Shards.CONTROL,
                KafkaLogStore.open(config).shard(Shards.CONTROL, "tcp://10.0.0.2:7443", () -> true),
                ShardConfig.of("new"));
    }

    private void readSome(WriterProcess writer) throws Exception {
        for (int i = 0; i < SOME; i++) {
            assertThat(writer.next(acknowledged)).as("acknowledgement %d", i).isTrue();
        }
    }

    @Test
    void aWriterThatWasPausedAddsNothingOnceAnotherOneHasClaimed() throws Exception {
        try (WriterProcess old = WriterProcess.start(config)) {
            readSome(old);
            old.signal("STOP");
            Image atClaim;
            try (Shard shard = takeOver()) {
                atClaim = shard.image();
                shard.write(Acknowledged.pair("mine", "new.1")).join();

                old.signal("CONT");
                while (old.next(acknowledged)) {
                    // What it was told before it was stopped, or learns now.
                }

                assertThat(old.last())
                        .isEqualTo(
                                "shard control: new at tcp://10.0.0.2:7443 has claimed it, term 2"
                                        + " after 1");
                shard.write(Acknowledged.pair("mine", "new.2")).join();
            }
            acknowledged.check(atClaim);
            try (Shard shard = takeOver()) {
                Map<String, String> left = Namespaces.values(shard.image());
                assertThat(left).containsEntry("mine-a", "new.2").containsEntry("mine-b", "new.2");
                left.keySet().removeIf(name -> name.startsWith("mine"));
                assertThat(left).isEqualTo(Namespaces.values(atClaim));
                assertThat(shard.image().revision()).isEqualTo(atClaim.revision() + 2);
            }
        }
    }

    @Test
    void whatAWriterAcknowledgedBeforeItWasKilledIsThere() throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            try (WriterProcess old = WriterProcess.start(config)) {
                readSome(old);
                Thread.sleep(random.nextInt(50));
                old.signal("KILL");
                while (old.next(acknowledged)) {
                    // What it had printed.
                }
            }
            try (Shard shard = takeOver()) {
                acknowledged.check(shard.image());
                shard.write(Acknowledged.pair("mine", "new." + round)).join();
            }
        }
    }
}
