package dev.weir.log.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The right to write a shard's topic: whoever takes it later ends it, and what was not committed by
 * then never will be. Good until the first exception. Used by one thread.
 */
final class Fence implements AutoCloseable {
    /** Groups of writes go out in few requests. In bytes. */
    private static final int BATCH = 128 << 10;

    /** What waits to be sent, in largest messages. */
    private static final int BUFFERED = 4;

    private final KafkaProducer<byte[], byte[]> producer;

    private Fence(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Ends the one before, and its open transaction. Once this returns, nothing that it wrote is
     * undecided.
     *
     * @param instance for the brokers' own logs and quotas
     * @throws org.apache.kafka.common.KafkaException if it cannot be taken in time
     */
    static Fence take(KafkaConfig config, String shard, String instance) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        settings(config, shard, instance),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        try {
            producer.initTransactions();
            return new Fence(producer);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    static Map<String, Object> settings(KafkaConfig config, String shard, String instance) {
        int transaction = KafkaConfig.millis(config.transaction());
        Map<String, Object> settings =
                config.clientSettings(config.stateTopic(shard) + "-writer-" + instance);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.transactionalId(shard));
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, transaction);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, transaction);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) transaction);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0L);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Math.min(BATCH, config.maxMessage() / 2));
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, config.maxMessage());
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFERED * config.maxMessage());
        return settings;
    }

    /**
     * Writes all records as one transaction, and returns once it is durable.
     *
     * @throws RuntimeException of any kind: nobody knows whether it is, or will be
     */
    void commit(List<ProducerRecord<byte[], byte[]>> records) {
        producer.beginTransaction();
        // What goes wrong with one of them comes out of the commit.
        records.forEach(producer::send);
        producer.commitTransaction();
    }

    /**
     * After a commit has thrown: undoes it.
     *
     * @throws RuntimeException of any kind: nobody knows whether it is undone
     */
    void abort() {
        producer.abortTransaction();
    }

    /** Sends nothing any more. */
    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
