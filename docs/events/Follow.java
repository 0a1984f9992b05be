import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints the events of one topic, each once. Needs kafka-clients and protobuf-java, and of Weir only
 * the descriptor set:
 *
 * <pre>java -cp 'jars/*' Follow.java localhost:9092 weir.net.service.v1 weir.binpb</pre>
 */
class Follow {
    public static void main(String[] args) throws Exception {
        Map<String, Descriptor> messages = messages(Path.of(args[2]));
        Map<String, Object> settings = Map.of("bootstrap.servers", args[0]);
        TopicPartition topic = new TopicPartition(args[1], 0);
        try (var consumer =
                new KafkaConsumer<>(
                        settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(topic));
            consumer.seekToBeginning(List.of(topic));
            // The last revision of each object: what is not newer is a repetition.
            Map<String, Long> last = new HashMap<>();
            while (true) {
                for (ConsumerRecord<String, byte[]> event : consumer.poll(Duration.ofSeconds(1))) {
                    long revision = Long.parseLong(header(event, "ce_revision"));
                    if (revision > last.getOrDefault(event.key(), 0L)) {
                        last.put(event.key(), revision);
                        System.out.println(line(event, messages));
                    }
                }
            }
        }
    }

    private static String line(
            ConsumerRecord<String, byte[]> event, Map<String, Descriptor> messages)
            throws Exception {
        String what = header(event, "ce_type") + " " + header(event, "ce_subject");
        if (event.value() == null) {
            return what;
        }
        Descriptor message = messages.get(header(event, "ce_dataschema").substring("proto:".length()));
        return what
                + " "
                + TextFormat.printer()
                        .emittingSingleLine(true)
                        .printToString(DynamicMessage.parseFrom(message, event.value()));
    }

    private static String header(ConsumerRecord<String, byte[]> event, String name) {
        return new String(event.headers().lastHeader(name).value());
    }

    /** By full name. The set has each file after those that it imports. */
    private static Map<String, Descriptor> messages(Path set) throws Exception {
        Map<String, FileDescriptor> files = new HashMap<>();
        Map<String, Descriptor> messages = new HashMap<>();
        for (var file : FileDescriptorSet.parseFrom(Files.readAllBytes(set)).getFileList()) {
            FileDescriptor[] imports =
                    file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
            FileDescriptor built = FileDescriptor.buildFrom(file, imports);
            files.put(file.getName(), built);
            built.getMessageTypes().forEach(type -> messages.put(type.getFullName(), type));
        }
        return messages;
    }
}
