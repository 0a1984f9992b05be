package dev.weir.log.kafka;

import dev.weir.broker.ForkedBroker;
import dev.weir.log.AppendRate;
import dev.weir.model.Shards;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures durable writes per second with a broker of its own. Not a test. */
public final class KafkaAppendRate {
    private KafkaAppendRate() {}

    public static void main(String[] args) throws Exception {
        Path data = Files.createTempDirectory("append-rate");
        try (ForkedBroker broker = ForkedBroker.start(data)) {
            KafkaLogStore store = KafkaLogStore.open(KafkaConfig.of("weir", broker.bootstrap()));
            AppendRate.measure(() -> store.shard(Shards.CONTROL));
        } finally {
            SharedBroker.delete(data);
        }
    }
}
