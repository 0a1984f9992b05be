package dev.weir.service;

import dev.weir.control.ReportChannel;
import dev.weir.node.v1.ReportRequest;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.OutgoingInterceptor;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.reactive.messaging.Message;

/** Makes a record of each report on its way to the topic: its bytes, under its node's name. */
@Singleton
@Identifier(ReportChannel.NAME)
final class ReportRecords implements OutgoingInterceptor {
    @Override
    public Message<?> beforeMessageSend(Message<?> message) {
        ReportRequest report = (ReportRequest) message.getPayload();
        return message.withPayload(report.toByteArray())
                .addMetadata(
                        OutgoingKafkaRecordMetadata.<byte[]>builder()
                                .withKey(report.getNodeName().getBytes(StandardCharsets.UTF_8))
                                .build());
    }

    @Override
    public void onMessageAck(Message<?> message) {}

    @Override
    public void onMessageNack(Message<?> message, Throwable failure) {}
}
