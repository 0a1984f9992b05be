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

    /**
     * The head of this log; revision and term 0 before the first transaction.
     *
     * @throws LogException if it is missing, or another log's
     */
    LogHead headOf(KafkaConfig config, String topic, String logId) {
        Optional<LogHead> found = head();
        if (found.isEmpty() && !isEmpty()) {
            throw new LogException(
                    "Topic "
                            + topic
                            + " was truncated: it has records, but not the one that says where it"
                            + " ends. Put it back from a backup.");
        }
        LogHead head = found.orElse(LogHead.newBuilder().setLogId(logId).build());
        if (!head.getLogId().equals(logId) && !config.adopt()) {
            throw new LogException(
                    "Topic "
                            + topic
                            + " belongs to log "
                            + head.getLogId()
                            + ", but the topics of cluster "
                            + config.cluster()
                            + " are log "
                            + logId
                            + ": one of them was made anew, restored or copied. Put the right ones"
                            + " back; or, to go on with what they hold, set weir.kafka.adopt=true:"
                            + " every reader then reads everything anew");
        }
        return head;
    }

    /** The last one, of a log that has a head. */
    TopicRecord.Claim claim() {
        return reader.last(TopicRecords.CLAIM, offset)
                .map(LogEnd::claim)
                .orElseThrow(
                        () ->
                                new LogException(
                                        "The log has a head, but no claim: put its topic back from"
                                                + " a backup"));
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
    private boolean isEmpty() {
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
