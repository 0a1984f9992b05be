package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weir.changes.Frontier;
import dev.weir.log.Entry;
import dev.weir.log.LogException;
import dev.weir.log.TxLog;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import dev.weir.log.v1.LogRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class TopicRecordsTest {
    private static final String TOPIC = "weir.control.state.v1";
    private static final LogHead HEAD =
            LogHead.newBuilder().setLogId("log").setRevision(10_001).setTerm(3).build();

    /** As a consumer gets it. */
    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<byte[], byte[]> sent) {
        ConsumerRecord<byte[], byte[]> received =
                new ConsumerRecord<>(sent.topic(), 0, 17, sent.key(), sent.value());
        for (Header header : sent.headers()) {
            received.headers().add(header);
        }
        return received;
    }

    private static List<TopicRecord> read(List<ProducerRecord<byte[], byte[]>> sent) {
        return sent.stream().map(TopicRecordsTest::received).map(TopicRecords::read).toList();
    }

    @Test
    void aGroupComesBackAsItWasWithTheHeadBehindIt() {
        ByteString value = ByteString.copyFromUtf8("value");
        Entry.Record put = new Entry.Record("Service/default/a", Optional.of(value));
        Entry.Record remove = new Entry.Record("Service/default/b", Optional.empty());
        Entry.Record empty = new Entry.Record("Node//n", Optional.of(ByteString.EMPTY));
        long revision = TxLog.REQUEST_WINDOW + 1;
        List<Entry> group =
                List.of(
                        new Entry(revision - 1, List.of(put, remove), "", Frontier.EMPTY),
                        new Entry(revision, List.of(empty), "request", Frontier.EMPTY));

        List<ProducerRecord<byte[], byte[]>> records = TopicRecords.group(TOPIC, group, HEAD);

        assertThat(read(records))
                .containsExactly(
                        new TopicRecord.Stored(
                                revision - 1, 0, "Service/default/a", Optional.of(value)),
                        new TopicRecord.Stored(
                                revision - 1, 1, "Service/default/b", Optional.empty()),
                        new TopicRecord.Stored(
                                revision, 0, "Node//n", Optional.of(ByteString.EMPTY)),
                        new TopicRecord.Request(
                                LogRequest.newBuilder()
                                        .setRevision(revision)
                                        .setId("request")
                                        .build()),
                        new TopicRecord.Head(HEAD));
        assertThat(new String(records.get(3).key(), StandardCharsets.UTF_8))
                .as("one of as many keys as requests are remembered")
                .isEqualTo("@request/1");
    }

    @Test
    void aClaimComesBackWithItsHead() {
        TopicRecord.Claim claim =
                new TopicRecord.Claim(
                        LogClaim.newBuilder()
                                .setTerm(3)
                                .setInstance("control-1")
                                .setAddress("tcp://10.0.0.1:7443")
                                .build(),
                        "owner");

        assertThat(read(TopicRecords.claim(TOPIC, claim, HEAD)))
                .containsExactly(claim, new TopicRecord.Head(HEAD));
        assertThat(claim.writer()).isEqualTo("control-1 at tcp://10.0.0.1:7443");
    }

    @Test
    void whatNoVersionWritesIsRefusedWithItsPlace() {
        for (String key : List.of("@head", "@unknown", "", "Service/default/web")) {
            ConsumerRecord<byte[], byte[]> record =
                    new ConsumerRecord<>(
                            TOPIC,
                            0,
                            17,
                            key.getBytes(StandardCharsets.UTF_8),
                            new byte[] {(byte) 0xff});

            assertThatThrownBy(() -> TopicRecords.read(record))
                    .as(key)
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining(TOPIC)
                    .hasMessageContaining("at offset 17");
        }
    }
}
