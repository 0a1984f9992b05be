package dev.weir.service.events;

import com.google.protobuf.ByteString;
import dev.weir.log.kafka.KafkaConfig;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.Record;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jboss.logging.Logger;

/**
 * Writes an event for each change in the log of this process' shard, at least once: a record of the
 * log counts as read when the broker has its event. Keeps nothing, so a repeated record makes the
 * same event again. A record that cannot be told stops it; none is left out.
 */
@ApplicationScoped
public class EventPublisher {
    private static final Logger LOG = Logger.getLogger(EventPublisher.class);

    /** Only for its names. */
    private final KafkaConfig names;

    private volatile Optional<String> trouble = Optional.empty();

    EventPublisher(
            @ConfigProperty(name = "weir.cluster", defaultValue = KafkaConfig.CLUSTER)
                    String cluster,
            @ConfigProperty(name = "weir.kafka.bootstrap") String bootstrap) {
        this.names = KafkaConfig.of(cluster, bootstrap);
    }

    /** Why no more events are written until this process starts again. */
    Optional<String> trouble() {
        return trouble;
    }

    @Incoming("state")
    @Outgoing("events")
    Multi<Message<Record<String, byte[]>>> publish(Multi<Message<byte[]>> records) {
        return records.onItem().transformToUniAndConcatenate(this::publish);
    }

    private Uni<Message<Record<String, byte[]>>> publish(Message<byte[]> read) {
        Optional<EventRecord> event;
        try {
            event = EventRecord.of(names, record(read));
        } catch (RuntimeException unreadable) {
            return Uni.createFrom()
                    .completionStage(stop(read, unreadable))
                    .onItem()
                    .transformToUni(stopped -> Uni.createFrom().failure(unreadable));
        }
        if (event.isEmpty()) {
            return Uni.createFrom()
                    .completionStage(read.ack())
                    .onItem()
                    .transformToUni(done -> Uni.createFrom().nullItem());
        }
        return Uni.createFrom().item(message(event.get(), read));
    }

    private Message<Record<String, byte[]>> message(EventRecord event, Message<byte[]> read) {
        Headers headers = new RecordHeaders();
        event.headers()
                .forEach(
                        (name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
        return Message.of(
                        Record.of(
                                event.key(),
                                event.value().map(ByteString::toByteArray).orElse(null)))
                .addMetadata(
                        OutgoingKafkaRecordMetadata.builder()
                                .withTopic(event.topic())
                                .withHeaders(headers)
                                .build())
                .withAck(read::ack)
                .withNack(why -> stop(read, why));
    }

    private CompletionStage<Void> stop(Message<byte[]> read, Throwable why) {
        ConsumerRecord<byte[], byte[]> record = record(read);
        String words =
                "No more events are written: offset "
                        + record.offset()
                        + " of topic "
                        + record.topic()
                        + " cannot be told. "
                        + why.getMessage();
        LOG.error(words, why);
        trouble = Optional.of(words);
        return read.nack(why);
    }

    @SuppressWarnings("unchecked") // The channel's deserializers make bytes.
    private static ConsumerRecord<byte[], byte[]> record(Message<byte[]> read) {
        return (ConsumerRecord<byte[], byte[]>)
                read.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
    }
}
