package dev.weir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Frontier;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardDirectoryTest {
    private static final Duration BRIEFLY = Duration.ofMillis(100);

    private final SimulatedLog.Disk disk = new SimulatedLog.Disk("log-1");
    private final SimulatedLog.Disk other = new SimulatedLog.Disk("log-1");
    private Shard control;
    private Shard endpoint;
    private ShardDirectory shards;

    @BeforeEach
    void open() {
        control = Shard.open("control", disk.open(), ShardConfig.of("test"));
        endpoint = Shard.open("endpoint", other.open(), ShardConfig.of("test"));
        shards = new ShardDirectory(List.of(control, endpoint));
    }

    @AfterEach
    void close() {
        control.close();
        endpoint.close();
    }

    private FailureException failure(Frontier frontier) {
        return catchThrowableOfType(FailureException.class, () -> shards.await(frontier, BRIEFLY));
    }

    @Test
    void theHeadNamesTheShardsThatHoldSomething() {
        assertThat(shards.head()).isEqualTo(Frontier.EMPTY);

        control.write(Namespaces.put("a", "1")).join();

        assertThat(shards.head()).isEqualTo(Frontier.of("log-1", "control", 1));
        assertThat(shards.includes(Frontier.of("log-1", "control", 1))).isTrue();
        assertThat(shards.includes(Frontier.of("log-1", "control", 2))).isFalse();
    }

    @Test
    void whatIsThereNeedsNoWait() throws Exception {
        control.write(Namespaces.put("a", "1")).join();

        shards.await(Frontier.of("log-1", "control", 1), Duration.ZERO);
        shards.await(Frontier.EMPTY, Duration.ZERO);
    }

    @Test
    void whatIsReadElsewhereIsNotWaitedFor() throws Exception {
        control.write(Namespaces.put("a", "1")).join();

        shards.await(
                Frontier.of("log-1", "control", 1).max(Frontier.of("log-1", "policy", 7)),
                Duration.ZERO);
    }

    @Test
    void whatDoesNotComeIsNamed() {
        control.write(Namespaces.put("a", "1")).join();

        FailureException failure =
                failure(
                        Frontier.of("log-1", "control", 1)
                                .max(Frontier.of("log-1", "endpoint", 3)));

        assertThat(failure.failure().reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(failure)
                .hasMessageContaining("shard endpoint is at revision 0")
                .hasMessageContaining("not yet at 3");
    }

    @Test
    void anotherLogDoesNotPassAsLaterByItsNumbers() {
        control.write(Namespaces.put("a", "1")).join();
        control.write(Namespaces.put("a", "2")).join();

        FailureException failure = failure(Frontier.of("log-0", "control", 1));

        assertThat(failure.failure().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(failure).hasMessageContaining("log-0").hasMessageContaining("log-1");
    }
}
