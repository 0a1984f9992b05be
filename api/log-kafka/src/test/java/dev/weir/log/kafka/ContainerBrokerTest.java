package dev.weir.log.kafka;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.log.TxLog;
import dev.weir.log.TxLogContract;
import dev.weir.model.Shards;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/** What every log promises, with a broker in a container, where there is Docker. */
@Timeout(60)
class ContainerBrokerTest extends TxLogContract {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();
    private static @Nullable ContainerBroker broker;

    private @Nullable KafkaLogStore store;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        if (DockerClientFactory.instance().isDockerAvailable()) {
            Path root = directory.resolve("root");
            BrokerRoot.fill(root);
            broker = ContainerBroker.of(root);
            broker.start();
        }
    }

    @BeforeEach
    void reach() {
        assumeTrue(
                broker != null,
                "no Docker daemon answers here; KafkaTxLogTest checks the same with a process");
        store =
                KafkaLogStore.open(
                        KafkaConfig.of(
                                "contained-" + CLUSTERS.incrementAndGet(), broker.bootstrap()));
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.stop();
        }
    }

    @Override
    protected TxLog open() {
        return store.shard(Shards.CONTROL);
    }
}
