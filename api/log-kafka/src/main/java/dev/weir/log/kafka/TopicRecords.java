package dev.weir.log.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.weir.log.Entry;
import dev.weir.log.LogException;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import dev.weir.log.v1.LogRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The records of a state topic, both ways.
 *
 * <p>A transaction is objects and requests, or a claim, and then one head. Keys that are not an
 * object's path begin with {@code @}, which no kind does. Each key's last record is all there is to
 * know about it, since compaction removes the others.
 */
public final class TopicRecords {
    static final String HEAD = "@head";
    static final String CLAIM = "@claim";
    private static final String REQUEST = "@request/";

    /** Of an object: the revision of its write, eight bytes, the highest first. */
    static final String REVISION_HEADER = "revision";

    /** Of an object: its place in its write, four bytes, the highest first. */
    static final String INDEX_HEADER = "index";

    private static final String OWNER_HEADER = "owner";

    private TopicRecords() {}

    /** A group of entries, as one transaction. */
    static List<ProducerRecord<byte[], byte[]>> group(
            String topic, List<Entry> group, LogHead head) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Entry entry : group) {
            int index = 0;
            for (Entry.Record record : entry.records()) {
                ProducerRecord<byte[], byte[]> object =
                        of(
                                topic,
                                record.key(),
                                record.value().map(ByteString::toByteArray).orElse(null));
                object.headers()
                        .add(REVISION_HEADER, bytes(entry.revision()))
                        .add(INDEX_HEADER, ByteBuffer.allocate(4).putInt(index++).array());
                records.add(object);
            }
            if (!entry.requestId().isEmpty()) {
                records.add(request(topic, entry));
            }
        }
        records.add(head(topic, head));
        return records;
    }

    /** A claim, as one transaction. */
    static List<ProducerRecord<byte[], byte[]>> claim(
            String topic, TopicRecord.Claim claim, LogHead head) {
        ProducerRecord<byte[], byte[]> first = of(topic, CLAIM, claim.claim().toByteArray());
        first.headers().add(OWNER_HEADER, claim.owner().getBytes(StandardCharsets.UTF_8));
        return List.of(first, head(topic, head));
    }

    private static ProducerRecord<byte[], byte[]> request(String topic, Entry entry) {
        return of(
                topic,
                REQUEST + entry.revision() % TxLog.REQUEST_WINDOW,
                LogRequest.newBuilder()
                        .setRevision(entry.revision())
                        .setId(entry.requestId())
                        .build()
                        .toByteArray());
    }

    private static ProducerRecord<byte[], byte[]> head(String topic, LogHead head) {
        return of(topic, HEAD, head.toByteArray());
    }

    private static ProducerRecord<byte[], byte[]> of(
            String topic, String key, byte @Nullable [] value) {
        return new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Of a record's key; another writer than ours may have left it out. */
    static String key(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    /**
     * @throws LogException when no version of the code up to this one writes such a record
     */
    public static TopicRecord read(ConsumerRecord<byte[], byte[]> record) {
        String key = key(record);
        if (key.equals(HEAD)) {
            return new TopicRecord.Head(parse(record, LogHead.parser()));
        }
        if (key.equals(CLAIM)) {
            return new TopicRecord.Claim(parse(record, LogClaim.parser()), owner(record));
        }
        if (key.startsWith(REQUEST)) {
            return new TopicRecord.Request(parse(record, LogRequest.parser()));
        }
        if (key.isEmpty() || key.startsWith("@")) {
            throw foreign(record, "a key that this version does not know: \"" + key + "\"", null);
        }
        byte[] value = record.value();
        return new TopicRecord.Stored(
                header(record, REVISION_HEADER, Long.BYTES).getLong(),
                header(record, INDEX_HEADER, Integer.BYTES).getInt(),
                key,
                value == null ? Optional.empty() : Optional.of(ByteString.copyFrom(value)));
    }

    private static <M extends MessageLite> M parse(
            ConsumerRecord<byte[], byte[]> record, Parser<M> parser) {
        byte[] value = record.value();
        if (value == null) {
            throw foreign(record, "no value", null);
        }
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw foreign(record, "a value that cannot be read", e);
        }
    }

    private static String owner(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(OWNER_HEADER);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer header(
            ConsumerRecord<byte[], byte[]> record, String name, int length) {
        Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null || header.value().length != length) {
            throw foreign(record, "no header \"" + name + "\" of " + length + " bytes", null);
        }
        return ByteBuffer.wrap(header.value());
    }

    private static LogException foreign(
            ConsumerRecord<byte[], byte[]> record, String what, @Nullable Throwable cause) {
        return new LogException(
                "Topic "
                        + record.topic()
                        + " has a record with "
                        + what
                        + ", at offset "
                        + record.offset()
                        + ". A later version wrote it, or something else than Weir did. Start the"
                        + " version that wrote it; let nobody else write to the topic.",
                cause == null ? new IllegalStateException(what) : cause);
    }
}
