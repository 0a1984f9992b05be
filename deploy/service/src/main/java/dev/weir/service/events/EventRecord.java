package dev.weir.service.events;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.events.v1.CloudEvent;
import dev.weir.log.LogException;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.kafka.TopicRecord;
import dev.weir.log.kafka.TopicRecords;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.server.events.EventHeaders;
import dev.weir.server.events.Events;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of a kind's topic.
 *
 * @param key kind/namespace/name: all there is to know about one object is in one order
 * @param value the bare message; empty when the object was deleted
 */
record EventRecord(
        String topic, String key, Map<String, String> headers, Optional<ByteString> value) {
    EventRecord {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /**
     * What a record of a state topic tells; nothing when it is not about an object that users can
     * read.
     *
     * @throws LogException for a record that this version cannot read
     */
    static Optional<EventRecord> of(KafkaConfig names, ConsumerRecord<byte[], byte[]> record) {
        return TopicRecords.read(record) instanceof TopicRecord.Stored stored
                ? of(names, stored, Instant.ofEpochMilli(record.timestamp()))
                : Optional.empty();
    }

    private static Optional<EventRecord> of(
            KafkaConfig names, TopicRecord.Stored stored, Instant time) {
        Key key = Key.ofPath(stored.key());
        Kind kind =
                Kinds.named(key.kind())
                        .orElseThrow(() -> unreadable(stored, "of a kind that is not known here"));
        if (!kind.hasEvents()) {
            return Optional.empty();
        }
        check(kind, stored);
        CloudEvent event =
                new Events(names.cluster())
                        .event(kind, key, stored.revision(), stored.value(), Optional.of(time));
        return Optional.of(
                new EventRecord(
                        names.eventsTopic(kind),
                        key.path(),
                        EventHeaders.of(event),
                        stored.value()));
    }

    /** What cannot be read here is not handed on either. */
    private static void check(Kind kind, TopicRecord.Stored stored) {
        if (stored.value().isPresent()) {
            try {
                kind.prototype().getParserForType().parseFrom(stored.value().get());
            } catch (InvalidProtocolBufferException e) {
                throw unreadable(stored, "and its bytes are damaged: " + e.getMessage());
            }
        }
    }

    private static LogException unreadable(TopicRecord.Stored stored, String why) {
        return new LogException(
                "The log holds "
                        + stored.key()
                        + " at revision "
                        + stored.revision()
                        + ", "
                        + why
                        + ". Start the version that wrote it, or restore the log from a backup.");
    }
}
