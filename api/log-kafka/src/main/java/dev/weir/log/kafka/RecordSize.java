package dev.weir.log.kafka;

import dev.weir.log.Outcome;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Whether a topic takes a record: told before it is sent, as a refused one ends its producer. */
final class RecordSize {
    /** More than what Kafka puts around a record that is alone in its batch. In bytes. */
    private static final int AROUND = 1 << 10;

    private RecordSize() {}

    static Optional<Outcome> check(
            String topic, List<ProducerRecord<byte[], byte[]>> records, int maxMessage) {
        return records.stream().anyMatch(record -> bytes(record) > maxMessage)
                ? Optional.of(refused(topic, maxMessage))
                : Optional.empty();
    }

    static Outcome refused(String topic, int maxMessage) {
        return new Outcome.Refused(
                Outcome.Reason.TOO_LARGE,
                "larger than the "
                        + maxMessage
                        + " bytes that topic "
                        + topic
                        + " takes in one record; make the object smaller");
    }

    private static long bytes(ProducerRecord<byte[], byte[]> record) {
        long bytes = AROUND + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
