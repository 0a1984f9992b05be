package dev.weir.log.kafka;

import dev.weir.log.LogException;
import dev.weir.log.v1.LogHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the last records of a topic say.
 *
 * @param offset of the end
 */
record LogEnd(TopicReader reader, long offset) {
    /** A claim's transaction. */
    record Claimed(TopicRecord.Claim claim, LogHead head) {}

    static LogEnd of(TopicReader reader) {
        return new LogEnd(reader, reader.end());
    }

    /** Empty before the first transaction. */
    Optional<LogHead> head() {
        return reader.last(TopicRecords.HEAD, offset).map(LogEnd::head);
    }

    Optional<TopicRecord.Claim> claim() {
        return reader.last(TopicRecords.CLAIM, offset).map(LogEnd::claim);
    }

    /** The last claim, if its own head is still behind it. */
    Optional<Claimed> claimed() {
        return reader.last(TopicRecords.CLAIM, offset)
                .flatMap(
                        claim -> {
                            List<Claimed> found = new ArrayList<>();
                            reader.read(
                                    claim.offset() + 1,
                                    claim.offset() + 2,
                                    next -> found.add(new Claimed(claim(claim), head(next))));
                            return found.stream().findFirst();
                        });
    }

    /** No record at all, not even one that is not ours. */
    boolean isEmpty() {
        List<Long> offsets = new ArrayList<>();
        reader.read(reader.beginning(), offset, record -> offsets.add(record.offset()));
        return offsets.isEmpty();
    }

    private static LogHead head(ConsumerRecord<byte[], byte[]> record) {
        if (TopicRecords.read(record) instanceof TopicRecord.Head(var head)) {
            return head;
        }
        throw disordered(record);
    }

    private static TopicRecord.Claim claim(ConsumerRecord<byte[], byte[]> record) {
        if (TopicRecords.read(record) instanceof TopicRecord.Claim claim) {
            return claim;
        }
        throw disordered(record);
    }

    private static LogException disordered(ConsumerRecord<byte[], byte[]> record) {
        return new LogException(
                "Topic "
                        + record.topic()
                        + " has a transaction that no writer of Weir writes, at offset "
                        + record.offset()
                        + ": let nobody else write to it, and put it back from a backup");
    }
}
