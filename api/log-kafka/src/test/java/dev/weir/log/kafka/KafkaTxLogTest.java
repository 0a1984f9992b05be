package dev.weir.log.kafka;

import dev.weir.log.TxLog;
import dev.weir.log.TxLogContract;
import dev.weir.model.Shards;
import org.junit.jupiter.api.Timeout;

/** What every log promises, with a real broker. */
@Timeout(60)
class KafkaTxLogTest extends TxLogContract {
    private final KafkaLogStore store = KafkaLogStore.open(SharedBroker.newCluster());

    @Override
    protected TxLog open() {
        return store.shard(Shards.CONTROL);
    }
}
