package dev.weir.log.kafka;

import dev.weir.log.LogException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic's one partition between two offsets, of which there are more than records: those of
 * transaction markers, of what was compacted, of what was never committed. Used by one thread.
 *
 * <p>Every method throws LogException with what to do.
 */
final class TopicReader implements AutoCloseable {
    /** How far back the search for a last record begins, in offsets; then further and further. */
    private static final long FIRST_STEP = 128;

    private static final long GROWTH = 16;
    private static final Duration POLL = Duration.ofMillis(100);

    /**
     * In milliseconds. Nothing here waits for records to come, but a client that has read to the
     * end asks for more at once, and until it is answered every other call has to wait.
     */
    private static final int FETCH_WAIT = 5;

    private final KafkaConfig config;
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicReader(KafkaConfig config, String topic) {
        this.config = config;
        this.partition = new TopicPartition(topic, 0);
        Map<String, Object> settings = config.readerSettings(topic + "-reader");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT);
        try {
            this.consumer =
                    new KafkaConsumer<>(
                            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(List.of(partition));
        } catch (KafkaException e) {
            throw trouble(e);
        }
    }

    long beginning() {
        try {
            return offset(consumer.beginningOffsets(List.of(partition)));
        } catch (KafkaException e) {
            throw trouble(e);
        }
    }

    /** Behind the last record that is committed and that no open transaction comes before. */
    long end() {
        try {
            return offset(consumer.endOffsets(List.of(partition)));
        } catch (KafkaException e) {
            throw trouble(e);
        }
    }

    private long offset(Map<TopicPartition, Long> offsets) {
        Long offset = offsets.get(partition);
        if (offset == null) {
            throw new LogException("no broker knows where " + partition + " ends; try again");
        }
        return offset;
    }

    /**
     * Hands over the records from one offset up to another, which is excluded and at most the end.
     */
    void read(long from, long to, Consumer<ConsumerRecord<byte[], byte[]>> handler) {
        try {
            consumer.seek(partition, from);
            long position = from;
            long progress = System.nanoTime();
            while (position < to) {
                consumer.poll(POLL)
                        .forEach(
                                record -> {
                                    if (record.offset() < to) {
                                        handler.accept(record);
                                    }
                                });
                long now = consumer.position(partition);
                if (now > position) {
                    position = now;
                    progress = System.nanoTime();
                } else if (System.nanoTime() - progress > config.request().toNanos()) {
                    throw new LogException(
                            "cannot read topic "
                                    + partition.topic()
                                    + ": nothing came after offset "
                                    + position
                                    + " of "
                                    + to
                                    + " for "
                                    + config.request().toMillis()
                                    + " ms; check its brokers");
                }
            }
        } catch (OffsetOutOfRangeException e) {
            throw new LogException(
                    "Topic "
                            + partition.topic()
                            + " has lost what it held ("
                            + e.getMessage()
                            + "): put it back from a backup",
                    e);
        } catch (KafkaException e) {
            throw trouble(e);
        }
    }

    /** The last record with this key before an offset. Looks at the end first. */
    Optional<ConsumerRecord<byte[], byte[]>> last(String key, long end) {
        long beginning = beginning();
        long step = FIRST_STEP;
        AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>> last = new AtomicReference<>();
        for (long to = end; to > beginning && last.get() == null; step *= GROWTH) {
            long from = Math.max(beginning, to - step);
            read(
                    from,
                    to,
                    record -> {
                        if (TopicRecords.key(record).equals(key)) {
                            last.set(record);
                        }
                    });
            to = from;
        }
        return Optional.ofNullable(last.get());
    }

    private LogException trouble(KafkaException e) {
        return Trouble.of(config, "read topic " + partition.topic(), e);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(config.request()));
    }
}
