package dev.weir.agent;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against a broker, and the writers of the control plane. */
class KafkaChangeSourceTest extends ChangeSourceContract {
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    @TempDir private static Path brokerDirectory;
    private static WiredBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = WiredBroker.start(brokerDirectory);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @Override
    Origin open() {
        return new KafkaOrigin(broker, "test-" + CLUSTERS.incrementAndGet());
    }

    static IntStream seeds() {
        return new Random().ints(4);
    }

    /** One takes seconds; {@link KafkaScenarioTest} has some. */
    @Override
    int restarts() {
        return 0;
    }
}
