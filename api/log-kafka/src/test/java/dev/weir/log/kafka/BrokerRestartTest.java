package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.broker.ForkedBroker;
import dev.weir.log.Committed;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Shards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the broker under a shard that writes, and starts it again. {@code -Dweir.broker.rounds=N}
 * for more rounds.
 */
@Timeout(300)
class BrokerRestartTest {
    private static final int ROUNDS = Integer.getInteger("weir.broker.rounds", 1);
    private static final int CALLERS = 4;
    private static final int NAMES = 20;
    private static final int SOME = 100;
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicReference<Throwable> surprise = new AtomicReference<>();
    private final AtomicLong count = new AtomicLong();
    private final Acknowledged acknowledged = new Acknowledged();

    @Test
    void nothingAcknowledgedIsLostAndNothingIsHalf(@TempDir Path data) throws Exception {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        Random random = new Random(seed);
        try (ForkedBroker broker = ForkedBroker.start(data)) {
            KafkaConfig config =
                    new KafkaConfig(
                            "weir",
                            broker.bootstrap(),
                            Map.of(),
                            (short) 1,
                            KafkaConfig.MIN_COMPACTION_LAG,
                            KafkaConfig.TOMBSTONES,
                            KafkaConfig.SESSION,
                            SHORT,
                            SHORT,
                            KafkaConfig.MAX_MESSAGE,
                            false);
            KafkaLogStore store = KafkaLogStore.open(config);
            try (Shard shard =
                    Shard.open(
                            Shards.CONTROL,
                            store.shard(Shards.CONTROL),
                            ShardConfig.of("writer"))) {
                List<Thread> callers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    int caller = i;
                    callers.add(Thread.ofPlatform().start(() -> write(shard, caller)));
                }
                for (int round = 0; round < ROUNDS; round++) {
                    awaitSome();
                    Thread.sleep(random.nextInt(100));
                    broker.restart();
                }
                awaitSome();
                enough.set(true);
                for (Thread caller : callers) {
                    caller.join();
                }
                assertThat(surprise.get()).as("seed %d", seed).isNull();
                acknowledged.check(shard.image());
                assertThat(shard.image().revision())
                        .as("no write was carried out twice")
                        .isEqualTo(count.get());
            }
            try (Shard shard =
                    Shard.open(
                            Shards.CONTROL,
                            KafkaLogStore.open(config).shard(Shards.CONTROL),
                            ShardConfig.of("reader"))) {
                acknowledged.check(shard.image());
                assertThat(shard.image().revision()).as("seed %d", seed).isEqualTo(count.get());
            }
        }
    }

    private void awaitSome() throws Exception {
        int before = acknowledged.count();
        Changes.await(
                SOME + " more acknowledged writes",
                () -> acknowledged.count() >= before + SOME || surprise.get() != null);
    }

    /** Each write until it was carried out, with one request id. */
    private void write(Shard shard, int caller) {
        Random random = new Random();
        try {
            while (!enough.get()) {
                String name = "pair-" + caller + "-" + random.nextInt(NAMES);
                String value = "" + count.incrementAndGet();
                acknowledged.add(written(shard, name, value), name, value);
            }
        } catch (Throwable e) {
            surprise.set(e);
        }
    }

    private static long written(Shard shard, String name, String value)
            throws InterruptedException {
        while (true) {
            try {
                Committed<String> committed =
                        shard.write(Acknowledged.pair(name, value).as("request-" + value)).join();
                return committed.revision();
            } catch (CompletionException e) {
                if (e.getCause() instanceof FailureException failed
                        && failed.failure().reason() == Reason.UNAVAILABLE) {
                    Thread.sleep(50);
                } else {
                    throw e;
                }
            }
        }
    }
}
