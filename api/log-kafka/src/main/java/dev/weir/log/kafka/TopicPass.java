package dev.weir.log.kafka;

import dev.weir.changes.Image;
import dev.weir.log.LogException;
import dev.weir.log.v1.LogClaim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One reading of a state topic, from its beginning on and then on and on. Used by one thread,
 * except for {@link #wakeup}.
 */
final class TopicPass implements AutoCloseable {
    /** After so long without a record, the brokers are asked whether they are there. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConfig config;
    private final InstantSource clock;
    private final TopicPartition partition;
    private final TopicImage image;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Sampled once: who reads until nothing more comes may never be done. */
    private long end;

    /** When the brokers were last heard of. */
    private Instant contact;

    private Optional<String> trouble = Optional.empty();

    /** Of a record that cannot be read, once those before it have been handed over. */
    private Optional<LogException> stopped = Optional.empty();

    /** What was read no longer leads to what the topic holds: another pass is needed. */
    static final class Astray extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Astray(String message) {
            super(message);
        }
    }

    /**
     * Talks to nobody yet.
     *
     * @throws LogException when a setting is wrong
     */
    TopicPass(KafkaConfig config, String shard, Opening opening, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.partition = new TopicPartition(config.stateTopic(shard), 0);
        this.image = new TopicImage(shard, opening);
        this.contact = clock.instant();
        try {
            this.consumer =
                    new KafkaConsumer<>(
                            config.readerSettings(config.cluster() + "-" + shard + "-follower"),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw failed(e);
        }
        consumer.assign(List.of(partition));
    }

    /**
     * Samples the end and goes to the beginning.
     *
     * @throws LogException when the topic, or a broker, is not there
     */
    void begin() {
        try {
            end = end();
            consumer.seek(
                    partition,
                    offset(consumer.beginningOffsets(List.of(partition), config.request())));
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            throw missing() ? topicMissing() : failed(e);
        }
    }

    Image image() {
        return image.image();
    }

    Optional<LogClaim> claim() {
        return image.claim();
    }

    /** Why nothing comes at present, though the pass goes on. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Everything has been taken that was in the topic when the pass began. */
    boolean isComplete() {
        return stopped.isEmpty() && consumer.position(partition) >= end;
    }

    /** Whether there were objects that no head came after. */
    boolean isTorn() {
        return !image.isWhole();
    }

    /**
     * What came next; waits a moment for it. Empty when nothing came, also when that is a broker's
     * fault, and on {@link #wakeup}.
     *
     * @throws Astray when another pass is needed
     * @throws LogException that names the record which cannot be read, or the topic that is gone
     */
    List<TopicImage.Step> poll() {
        if (stopped.isPresent()) {
            throw stopped.get();
        }
        List<TopicImage.Step> steps = new ArrayList<>();
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                heard();
            } else if (clock.instant().isAfter(contact.plus(QUIET))) {
                probe();
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                take(record).ifPresent(steps::add);
            }
        } catch (LogException e) {
            stopped = Optional.of(e);
        } catch (WakeupException e) {
            return List.of();
        } catch (InvalidOffsetException e) {
            throw new Astray(
                    "topic " + partition.topic() + " has lost what it held: " + e.getMessage());
        } catch (KafkaException e) {
            throw failed(e);
        }
        return steps;
    }

    private Optional<TopicImage.Step> take(ConsumerRecord<byte[], byte[]> record) {
        try {
            return image.take(TopicRecords.read(record));
        } catch (LogException e) {
            throw new LogException(
                    "cannot read topic "
                            + partition.topic()
                            + " beyond the record at offset "
                            + record.offset()
                            + " (key \""
                            + TopicRecords.key(record)
                            + "\"): "
                            + e.getMessage(),
                    e);
        }
    }

    /** Who was away for so long may have missed removals that nothing tells of any more. */
    private void heard() {
        Instant now = clock.instant();
        if (now.isAfter(contact.plus(config.tombstones()))) {
            throw new Astray(
                    "no broker was heard of for longer than topic "
                            + partition.topic()
                            + " remembers removals, "
                            + config.tombstones());
        }
        contact = now;
        trouble = Optional.empty();
    }

    private void probe() {
        long last;
        try {
            last = end();
        } catch (TimeoutException e) {
            if (missing()) {
                throw topicMissing();
            }
            trouble = Optional.of(String.valueOf(failed(e).getMessage()));
            return;
        }
        heard();
        if (last < consumer.position(partition)) {
            throw new Astray(
                    "topic "
                            + partition.topic()
                            + " ends at offset "
                            + last
                            + ", where it has been read further");
        }
    }

    private long end() {
        return offset(consumer.endOffsets(List.of(partition), config.request()));
    }

    private long offset(Map<TopicPartition, Long> offsets) {
        Long offset = offsets.get(partition);
        if (offset == null) {
            throw new LogException("no broker knows where " + partition + " ends");
        }
        return offset;
    }

    /** A broker answers that it knows no such topic. */
    private boolean missing() {
        try {
            return consumer.partitionsFor(partition.topic(), config.request()).isEmpty();
        } catch (UnknownTopicOrPartitionException e) {
            return true;
        } catch (KafkaException e) {
            return false;
        }
    }

    private LogException topicMissing() {
        return new LogException(
                "the brokers at "
                        + config.bootstrap()
                        + " have no topic "
                        + partition.topic()
                        + ": start the control plane, which makes it; or restore it");
    }

    private LogException failed(KafkaException e) {
        return Trouble.of(config, "read topic " + partition.topic(), e);
    }

    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(
                org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
