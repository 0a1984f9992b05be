package dev.weir.service.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.LogException;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.v1.LogHead;
import dev.weir.net.v1.Service;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of a log, made by hand. */
class EventRecordTest {
    private static final KafkaConfig NAMES = KafkaConfig.of("lab", "nobody:1");
    private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");
    static final byte[] WEB =
            Service.newBuilder()
                    .setMetadata(ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                    .build()
                    .toByteArray();

    static ConsumerRecord<byte[], byte[]> record(String key, byte[] value, RecordHeaders headers) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                "lab.endpoint.state.v1",
                0,
                42,
                TIME.toEpochMilli(),
                TimestampType.CREATE_TIME,
                bytes.length,
                value == null ? 0 : value.length,
                bytes,
                value,
                headers,
                Optional.empty());
    }

    static ConsumerRecord<byte[], byte[]> object(String key, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("revision", ByteBuffer.allocate(8).putLong(17).array());
        headers.add("index", ByteBuffer.allocate(4).putInt(3).array());
        return record(key, value, headers);
    }

    @Test
    void anObjectIsToldInItsKindsTopic() {
        EventRecord event = EventRecord.of(NAMES, object("Service/shop/web", WEB)).orElseThrow();

        assertThat(event.topic()).isEqualTo("lab.net.service.v1");
        assertThat(event.key()).isEqualTo("Service/shop/web");
        assertThat(event.value().orElseThrow().toByteArray()).isEqualTo(WEB);
        assertThat(event.headers())
                .containsEntry("ce_id", "endpoint:17:Service/shop/web")
                .containsEntry("ce_source", "//lab/endpoint-service")
                .containsEntry("ce_type", "weir.net.service.v1.changed")
                .containsEntry("ce_time", "2026-03-01T12:00:00Z");
    }

    @Test
    void aRemovalIsToldWithoutAValue() {
        EventRecord event = EventRecord.of(NAMES, object("Service/shop/web", null)).orElseThrow();

        assertThat(event.value()).isEmpty();
        assertThat(event.headers()).containsEntry("ce_type", "weir.net.service.v1.deleted");
    }

    @Test
    void theSameRecordMakesTheSameEvent() {
        assertThat(EventRecord.of(NAMES, object("Service/shop/web", WEB)))
                .isEqualTo(EventRecord.of(NAMES, object("Service/shop/web", WEB)));
    }

    @Test
    void whatIsNotAboutAnObjectOfUsersIsNotTold() {
        byte[] head = LogHead.newBuilder().setRevision(17).build().toByteArray();

        assertThat(EventRecord.of(NAMES, record("@head", head, new RecordHeaders()))).isEmpty();
        assertThat(EventRecord.of(NAMES, object("GroupMember//m", new byte[0]))).isEmpty();
    }

    /** Its topic is not read for events; if one were anywhere else it would not be told either. */
    @Test
    void nothingOfASecretIsTold() {
        assertThat(EventRecord.of(NAMES, object("Secret/shop/tls", WEB))).isEmpty();
        assertThat(EventRecord.of(NAMES, object("Secret/shop/tls", null))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Unheard/shop/web", "@unheard", "no path", ""})
    void aKeyThatIsNotKnownIsNotLeftOut(String key) {
        assertThatThrownBy(() -> EventRecord.of(NAMES, object(key, WEB)))
                .isInstanceOfAny(LogException.class, IllegalArgumentException.class);
    }

    @Test
    void aValueThatCannotBeReadIsNotHandedOn() {
        assertThatThrownBy(
                        () ->
                                EventRecord.of(
                                        NAMES, object("Service/shop/web", new byte[] {10, 99, 1})))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("Service/shop/web at revision 17");
    }
}
