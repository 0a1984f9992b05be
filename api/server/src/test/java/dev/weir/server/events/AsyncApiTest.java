package dev.weir.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.weir.model.Kind;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What integrators are given, against what they are sent. */
class AsyncApiTest {
    private static final Map<String, Object> DOCUMENT = map(document());

    static List<Kind> kinds() {
        return Events.KINDS;
    }

    private static Object document() {
        return new Load(LoadSettings.builder().build())
                .loadFromInputStream(resource("/weir/events/asyncapi.yaml"));
    }

    private static InputStream resource(String name) {
        InputStream resource = Kind.class.getResourceAsStream(name);
        if (resource == null) {
            throw new AssertionError("weir-proto has no " + name);
        }
        return resource;
    }

    @SuppressWarnings("unchecked") // What YAML makes of mappings.
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }

    /** The node at this path; references are followed. */
    private static Map<String, Object> at(Object start, String... path) {
        Map<String, Object> node = resolved(start);
        for (String step : path) {
            assertThat(node).containsKey(step);
            node = resolved(node.get(step));
        }
        return node;
    }

    private static Map<String, Object> resolved(Object node) {
        Object reference = map(node).get("$ref");
        return reference == null
                ? map(node)
                : at(DOCUMENT, reference.toString().substring("#/".length()).split("/"));
    }

    private static Map<String, Object> channel(Kind kind) {
        return at(DOCUMENT, "channels", kind.singular());
    }

    /** All that is said of each header, and which ones are required. */
    private record HeaderSchema(Map<String, Map<String, Object>> properties, Set<String> required) {
        static HeaderSchema of(Map<String, Object> message) {
            Map<String, Map<String, Object>> properties = new TreeMap<>();
            Set<String> required = new HashSet<>();
            for (Object part : (List<?>) at(message, "headers").get("allOf")) {
                Map<String, Object> schema = resolved(part);
                map(schema.get("properties"))
                        .forEach(
                                (name, said) ->
                                        properties
                                                .computeIfAbsent(name, n -> new HashMap<>())
                                                .putAll(map(said)));
                ((List<?>) schema.getOrDefault("required", List.of()))
                        .forEach(name -> required.add(name.toString()));
            }
            return new HeaderSchema(properties, required);
        }

        void accepts(Map<String, String> headers) {
            assertThat(properties.keySet()).containsAll(headers.keySet());
            assertThat(headers.keySet()).containsAll(required);
            headers.forEach(
                    (name, value) -> {
                        Map<String, Object> said = properties.get(name);
                        if (said.containsKey("const")) {
                            assertThat(value).as(name).isEqualTo(said.get("const"));
                        }
                        if (said.containsKey("pattern")) {
                            assertThat(value).as(name).matches(said.get("pattern").toString());
                        }
                        if (said.containsKey("enum")) {
                            assertThat(((List<?>) said.get("enum")).contains(value))
                                    .as(value)
                                    .isTrue();
                        }
                    });
        }
    }

    @Test
    void thereIsAChannelForEveryKindAndNoOther() {
        assertThat(at(DOCUMENT, "channels").keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Events.KINDS.stream().map(Kind::singular).toList());
        assertThat(at(DOCUMENT, "operations").keySet())
                .isEqualTo(at(DOCUMENT, "channels").keySet());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theChannelIsTheKindsTopic(Kind kind) {
        assertThat(channel(kind).get("address")).isEqualTo("{cluster}." + kind.eventName());
        assertThat(at(channel(kind), "messages").keySet())
                .containsExactlyInAnyOrder(Events.CHANGED, Events.DELETED);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theMessagesAreThoseThatAreSent(Kind kind) {
        var key = kind.key("shop", "web");
        for (Optional<ByteString> value :
                List.of(Optional.of(ByteString.EMPTY), Optional.<ByteString>empty())) {
            var event = new Events("weir").event(kind, key, 17, value, Optional.of(Instant.EPOCH));
            Map<String, Object> message =
                    at(
                            channel(kind),
                            "messages",
                            value.isPresent() ? Events.CHANGED : Events.DELETED);

            assertThat(message.get("name")).isEqualTo(event.getType());
            HeaderSchema.of(message).accepts(EventHeaders.of(event));
            assertThat(key.path())
                    .matches(at(message, "bindings", "kafka", "key").get("pattern").toString());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theDescriptorSetHasThePayloadAsTheCodeHasIt(Kind kind) throws Exception {
        Map<String, Object> payload =
                at(channel(kind), "messages", Events.CHANGED, "payload", "schema");
        assertThat(payload.get("descriptorSet")).isEqualTo("weir.binpb");
        FileDescriptorSet set;
        try (InputStream in = resource("/weir/events/weir.binpb")) {
            set = FileDescriptorSet.parseFrom(in);
        }

        assertThat(payload.get("message"))
                .isEqualTo(kind.prototype().getDescriptorForType().getFullName());
        for (FileDescriptor file : files(kind)) {
            FileDescriptorProto there =
                    set.getFileList().stream()
                            .filter(other -> other.getName().equals(file.getName()))
                            .findFirst()
                            .orElseThrow();
            assertThat(bare(there)).as(file.getName()).isEqualTo(bare(file.toProto()));
        }
    }

    /** The file of the kind's message and all that it needs. */
    private static Set<FileDescriptor> files(Kind kind) {
        Set<FileDescriptor> files = new LinkedHashSet<>();
        add(kind.prototype().getDescriptorForType().getFile(), files);
        return files;
    }

    private static void add(FileDescriptor file, Set<FileDescriptor> files) {
        if (files.add(file)) {
            file.getDependencies().forEach(dependency -> add(dependency, files));
        }
    }

    /** Without the JSON names, which the compiler writes out and the code leaves out. */
    private static List<DescriptorProto> bare(FileDescriptorProto file) {
        return file.getMessageTypeList().stream().map(AsyncApiTest::bare).toList();
    }

    private static DescriptorProto bare(DescriptorProto message) {
        DescriptorProto.Builder bare = message.toBuilder();
        bare.getFieldBuilderList().forEach(FieldDescriptorProto.Builder::clearJsonName);
        List<DescriptorProto> nested =
                message.getNestedTypeList().stream().map(AsyncApiTest::bare).toList();
        return bare.clearNestedType().addAllNestedType(nested).build();
    }
}
