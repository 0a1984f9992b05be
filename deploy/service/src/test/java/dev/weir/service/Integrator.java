package dev.weir.service;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Somebody who follows one kind of object, and has nothing of ours but asyncapi.yaml, weir.binpb
 * and the address of a broker.
 */
final class Integrator implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final Descriptor message;
    private final String changed;
    private final String deleted;

    /** The present objects by key, as told. */
    final Map<String, DynamicMessage> objects = new TreeMap<>();

    /** Of all events so far. */
    final Set<String> ids = new HashSet<>();

    /** Records with an id that was there before. */
    int repeated;

    private Integrator(
            KafkaConsumer<String, byte[]> consumer,
            Descriptor message,
            String changed,
            String deleted) {
        this.consumer = consumer;
        this.message = message;
        this.changed = changed;
        this.deleted = deleted;
    }

    /**
     * @param channel as AsyncAPI's document calls it
     */
    static Integrator follow(String bootstrap, String cluster, String channel)
            throws IOException, DescriptorValidationException {
        Map<?, ?> document;
        FileDescriptorSet files;
        try (InputStream yaml = Integrator.class.getResourceAsStream("/weir/events/asyncapi.yaml");
                InputStream set = Integrator.class.getResourceAsStream("/weir/events/weir.binpb")) {
            document =
                    (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(yaml);
            files = FileDescriptorSet.parseFrom(set);
        }
        Map<?, ?> described = at(document, "channels/" + channel);
        String topic = described.get("address").toString().replace("{cluster}", cluster);
        Map<?, ?> change = at(document, reference(described, "changed"));
        Map<?, ?> removal = at(document, reference(described, "deleted"));
        String payload = at(change, "payload/schema").get("message").toString();

        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("allow.auto.create.topics", false);
        var consumer =
                new KafkaConsumer<>(
                        settings, new StringDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return new Integrator(
                consumer,
                descriptor(files, payload),
                change.get("name").toString(),
                removal.get("name").toString());
    }

    private static String reference(Map<?, ?> channel, String message) {
        return at(channel, "messages/" + message).get("$ref").toString().substring("#/".length());
    }

    private static Map<?, ?> at(Map<?, ?> node, String path) {
        for (String step : path.split("/")) {
            node = (Map<?, ?>) node.get(step);
        }
        return node;
    }

    /** The set has files after those that they import. */
    private static Descriptor descriptor(FileDescriptorSet set, String name)
            throws DescriptorValidationException {
        Map<String, FileDescriptor> built = new HashMap<>();
        for (FileDescriptorProto file : set.getFileList()) {
            FileDescriptor[] imports =
                    file.getDependencyList().stream()
                            .map(built::get)
                            .toArray(FileDescriptor[]::new);
            built.put(file.getName(), FileDescriptor.buildFrom(file, imports));
        }
        return built.values().stream()
                .flatMap(file -> file.getMessageTypes().stream())
                .filter(type -> type.getFullName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Takes what has come, and waits a moment when nothing has. */
    void poll() throws IOException {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
            if (!ids.add(header(record, "ce_id"))) {
                repeated++;
                continue;
            }
            String type = header(record, "ce_type");
            if (type.equals(changed)) {
                objects.put(record.key(), DynamicMessage.parseFrom(message, record.value()));
            } else if (type.equals(deleted)) {
                objects.remove(record.key());
            } else {
                throw new AssertionError("an event of type " + type);
            }
        }
    }

    /** The values of all fields on this path, e.g. {@code endpoints.addresses}. */
    static List<Object> values(DynamicMessage object, String path) {
        List<Object> values = List.of(object);
        for (String step : path.split("\\.")) {
            List<Object> next = new ArrayList<>();
            for (Object value : values) {
                DynamicMessage from = (DynamicMessage) value;
                Object field = from.getField(from.getDescriptorForType().findFieldByName(step));
                if (field instanceof List<?> repeatedField) {
                    next.addAll(repeatedField);
                } else {
                    next.add(field);
                }
            }
            values = next;
        }
        return values;
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
