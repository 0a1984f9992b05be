package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.broker.ForkedBroker;
import dev.weir.log.Committed;
import dev.weir.log.LogException;
import dev.weir.log.Namespaces;
import dev.weir.log.Outcome;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.TxLog;
import dev.weir.log.kafka.LossyProxy.Loss;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Shards;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of a transaction is lost, on its way or on the way back: what became of it is found out.
 */
@Timeout(60)
class UnknownOutcomeTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir private static Path data;
    private static LossyProxy proxy;
    private static ForkedBroker broker;
    private static int clusters;

    private String cluster;

    @BeforeAll
    static void start() throws Exception {
        InetAddress local = InetAddress.ofLiteral("127.0.0.1");
        InetSocketAddress address;
        try (ServerSocket free = new ServerSocket(0, 1, local)) {
            address = new InetSocketAddress(local, free.getLocalPort());
        }
        proxy = new LossyProxy(address);
        broker =
                ForkedBroker.start(
                        data,
                        Map.of("advertised.listeners", "PLAINTEXT://" + proxy.address()),
                        address,
                        System.getProperty("java.class.path"));
    }

    @AfterAll
    static void stop() throws Exception {
        broker.kill();
        proxy.close();
    }

    @BeforeEach
    void restore() {
        proxy.restore();
        cluster = "lossy-" + ++clusters;
    }

    private KafkaLogStore store(Duration transaction) {
        return KafkaLogStore.open(
                new KafkaConfig(
                        cluster,
                        proxy.address(),
                        Map.of(),
                        (short) 1,
                        KafkaConfig.MIN_COMPACTION_LAG,
                        KafkaConfig.TOMBSTONES,
                        KafkaConfig.SESSION,
                        transaction,
                        SHORT,
                        KafkaConfig.MAX_MESSAGE,
                        false));
    }

    @Test
    void aWriteThatWasCommittedAfterAllIsNotCarriedOutTwice() throws Exception {
        assertThat(retried(Loss.ANSWER).answer()).isEqualTo("repeated");
    }

    @Test
    void aWriteThatWasLostIsCarriedOutWhenItIsTriedAgain() throws Exception {
        assertThat(retried(Loss.REQUEST).answer()).isEqualTo("written at 2");
    }

    /** The answer to the second try of a write whose first one ended in doubt. */
    private Committed<String> retried(Loss loss) throws Exception {
        try (Shard shard =
                Shard.open(
                        "control", store(SHORT).shard(Shards.CONTROL), ShardConfig.of("writer"))) {
            shard.write(Namespaces.put("a", "1")).join();
            proxy.lose(loss);

            CompletableFuture<Committed<String>> doubtful =
                    shard.write(Namespaces.put("b", "1").and("c", "1").as("request"));

            assertThat(failure(doubtful).message()).contains("unknown whether this was written");
            assertThat(proxy.hasLost()).isTrue();
            assertThat(Namespaces.values(shard.image())).containsOnlyKeys("a");
            assertThat(shard.down()).isPresent();
            proxy.restore();
            Changes.await("a writer that serves again", () -> shard.down().isEmpty());
            Committed<String> again =
                    shard.write(Namespaces.put("b", "1").and("c", "1").as("request"))
                            .get(10, TimeUnit.SECONDS);
            assertThat(again.revision()).isEqualTo(2);
            assertThat(Namespaces.values(shard.image())).containsOnlyKeys("a", "b", "c");
            assertThat(shard.image().revision()).isEqualTo(2);
            return again;
        }
    }

    @Test
    void aClaimWhoseEndGotLostCanBeMadeAgain() {
        try (TxLog log = store(SHORT).shard(Shards.CONTROL)) {
            long first = log.claim("writer");
            log.append(first, List.of(Contents.entry(1, "k/n/a", "1")));
            proxy.lose(Loss.ANSWER);
            assertThatThrownBy(() -> log.claim("writer"))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("cannot claim topic")
                    .hasMessageContaining("check that the brokers run");
            proxy.restore();

            long third = log.claim("writer");

            assertThat(third).as("the one in between was made, too").isEqualTo(first + 2);
            assertThat(Contents.of(log).values()).containsOnlyKeys("k/n/a");
            assertThat(log.append(third, List.of(Contents.entry(2, "k/n/b", "2"))))
                    .isEqualTo(new Outcome.Durable());
        }
    }

    @Test
    void anAnswerThatIsLostOnceIsAskedForAgain() throws Exception {
        try (TxLog log = store(KafkaConfig.TRANSACTION).shard(Shards.CONTROL)) {
            long term = log.claim("writer");
            proxy.lose(Loss.ANSWER);
            CompletableFuture<Outcome> outcome =
                    CompletableFuture.supplyAsync(
                            () -> log.append(term, List.of(Contents.entry(1, "k/n/a", "1"))));
            Changes.await("the loss of the answer", proxy::hasLost);
            proxy.restore();

            assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo(new Outcome.Durable());
        }
    }

    @Test
    void whoWasFencedLearnsThatItsLastGroupWasCommitted() throws Exception {
        Outcome outcome = fencedMeanwhile(Loss.ANSWER, Map.of("k/n/a", "1", "k/n/b", "2"));

        assertThat(outcome).isEqualTo(new Outcome.Durable());
    }

    @Test
    void whoWasFencedLearnsThatItsLastGroupWasNotCommitted() throws Exception {
        Outcome outcome = fencedMeanwhile(Loss.REQUEST, Map.of("k/n/a", "1"));

        assertThat(outcome).isInstanceOf(Outcome.Fenced.class);
    }

    /** What the old writer is told of a group whose end got lost before another one came. */
    private Outcome fencedMeanwhile(Loss loss, Map<String, String> left) throws Exception {
        KafkaLogStore store = store(KafkaConfig.TRANSACTION);
        try (TxLog old = store.shard(Shards.CONTROL);
                TxLog young = store.shard(Shards.CONTROL, "tcp://10.0.0.2:7443", () -> true)) {
            long term = old.claim("old");
            old.append(term, List.of(Contents.entry(1, "k/n/a", "1")));
            proxy.lose(loss);
            CompletableFuture<Outcome> outcome =
                    CompletableFuture.supplyAsync(
                            () -> old.append(term, List.of(Contents.entry(2, "k/n/b", "2"))));
            Changes.await("the loss of the " + loss, proxy::hasLost);

            long youngTerm = young.claim("young");
            proxy.restore();

            assertThat(Contents.of(young).values()).isEqualTo(left);
            Outcome told = outcome.get(20, TimeUnit.SECONDS);
            assertThat(old.append(term, List.of(Contents.entry(3, "k/n/c", "3"))))
                    .isEqualTo(new Outcome.Fenced(youngTerm, "young at tcp://10.0.0.2:7443"));
            assertThatThrownBy(() -> old.claim("old"))
                    .isInstanceOf(LogException.Fenced.class)
                    .hasMessageContaining("young at tcp://10.0.0.2:7443");
            return told;
        }
    }

    private static Failure failure(CompletableFuture<?> future) {
        assertThat(future).failsWithin(30, TimeUnit.SECONDS);
        return ((FailureException) future.exceptionNow()).failure();
    }
}
