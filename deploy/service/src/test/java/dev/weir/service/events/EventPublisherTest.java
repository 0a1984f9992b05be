package dev.weir.service.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.log.v1.LogHead;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import io.smallrye.reactive.messaging.kafka.Record;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.junit.jupiter.api.Test;

/** What counts as read, and when. */
class EventPublisherTest {
    private static final ConsumerRecord<byte[], byte[]> WEB =
            EventRecordTest.object("Service/shop/web", EventRecordTest.WEB);
    private static final ConsumerRecord<byte[], byte[]> HEAD =
            EventRecordTest.record(
                    "@head",
                    LogHead.newBuilder().setRevision(17).build().toByteArray(),
                    new RecordHeaders());
    private static final ConsumerRecord<byte[], byte[]> UNREADABLE =
            EventRecordTest.object("Unheard/shop/web", EventRecordTest.WEB);

    private final EventPublisher publisher = new EventPublisher("weir", "nobody:1");
    private final List<String> read = new ArrayList<>();

    @SafeVarargs
    private AssertSubscriber<Message<Record<String, byte[]>>> publish(
            ConsumerRecord<byte[], byte[]>... records) {
        return publisher
                .publish(Multi.createFrom().items(records).onItem().transform(this::message))
                .subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
    }

    private Message<byte[]> message(ConsumerRecord<byte[], byte[]> record) {
        String key = new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
        return Message.of(
                record.value() == null ? new byte[0] : record.value(),
                Metadata.of(new IncomingKafkaRecordMetadata<>(record, "state")),
                () -> {
                    read.add("ack " + key);
                    return CompletableFuture.completedFuture(null);
                },
                why -> {
                    read.add("nack " + key);
                    return CompletableFuture.completedFuture(null);
                });
    }

    @Test
    void aRecordCountsAsReadOnceItsEventIsWritten() {
        var events = publish(WEB).awaitCompletion(Duration.ofSeconds(5)).getItems();
        List<String> before = List.copyOf(read);

        events.getFirst().ack().toCompletableFuture().join();

        assertThat(events).hasSize(1);
        assertThat(events.getFirst().getMetadata(OutgoingKafkaRecordMetadata.class))
                .hasValueSatisfying(
                        record -> assertThat(record.getTopic()).isEqualTo("weir.net.service.v1"));
        assertThat(before).isEmpty();
        assertThat(read).containsExactly("ack Service/shop/web");
    }

    @Test
    void whatTellsNothingCountsAsRead() {
        var events = publish(HEAD, WEB).awaitCompletion(Duration.ofSeconds(5)).getItems();

        assertThat(events).hasSize(1);
        assertThat(read).containsExactly("ack @head");
    }

    @Test
    void aRecordThatCannotBeToldStopsAndNothingAfterItIsTold() {
        var events = publish(WEB, UNREADABLE, WEB).awaitFailure(Duration.ofSeconds(5));

        assertThat(events.getItems()).hasSize(1);
        assertThat(read).containsExactly("nack Unheard/shop/web");
        assertThat(publisher.trouble().orElseThrow())
                .contains("offset 42", "Unheard/shop/web", "a kind that is not known here");
        assertThat(new EventsHealth(publisher).call().getStatus())
                .isEqualTo(org.eclipse.microprofile.health.HealthCheckResponse.Status.DOWN);
    }

    @Test
    void anEventThatTheBrokerRefusesStops() {
        var events = publish(WEB).awaitCompletion(Duration.ofSeconds(5)).getItems();

        events.getFirst().nack(new IllegalStateException("refused")).toCompletableFuture().join();

        assertThat(read).containsExactly("nack Service/shop/web");
        assertThat(publisher.trouble().orElseThrow()).contains("refused");
    }
}
