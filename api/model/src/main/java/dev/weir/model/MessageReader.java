package dev.weir.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.IntOrString;
import dev.weir.model.Manifests.Place;
import dev.weir.model.Manifests.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads the nodes of one document into messages, and notes everything that does not fit. A null
 * leaves its field unset.
 */
final class MessageReader {
    /** Nodes of one document, each as often as aliases repeat it. */
    static final int MAX_NODES = 4_000_000;

    private final String source;
    private final int document;
    private final List<Problem> problems;
    private int nodes;

    MessageReader(String source, int document, List<Problem> problems) {
        this.source = source;
        this.document = document;
        this.problems = problems;
    }

    /** The message, without the fields that do not fit; those are noted. */
    Message object(Map<String, NodeTuple> fields, String path, Message prototype) {
        return message(fields, path, prototype, false);
    }

    /**
     * @param lenient pass over fields that we do not know
     */
    private Message message(
            Map<String, NodeTuple> fields, String path, Message prototype, boolean lenient) {
        Message.Builder message = prototype.newBuilderForType();
        for (var entry : fields.entrySet()) {
            String name = entry.getKey();
            NodeTuple tuple = entry.getValue();
            String fieldPath = child(path, name);
            Optional<FieldDescriptor> field =
                    message.getDescriptorForType().getFields().stream()
                            .filter(candidate -> candidate.getJsonName().equals(name))
                            .findFirst();
            Optional<String> refusal =
                    KubernetesFields.refusal(prototype.getDescriptorForType(), name);
            if (field.isPresent()) {
                boolean open =
                        lenient || KubernetesFields.isOpen(prototype.getDescriptorForType(), name);
                field(message, field.get(), tuple.getValueNode(), fieldPath, open);
            } else if (refusal.isPresent()) {
                if (!isDefault(tuple.getValueNode())) {
                    wrong(tuple.getKeyNode(), fieldPath, refusal.get());
                }
            } else if (!lenient
                    && !KubernetesFields.isIgnored(prototype.getDescriptorForType(), name)) {
                wrong(tuple.getKeyNode(), fieldPath, "unknown field, expected " + names(message));
            }
        }
        return message.build();
    }

    private static String names(Message.Builder message) {
        return message.getDescriptorForType().getFields().stream()
                .map(FieldDescriptor::getJsonName)
                .sorted()
                .collect(Collectors.joining(", ", "one of ", ""));
    }

    /** What means the same as leaving the field out. */
    private static boolean isDefault(Node node) {
        return node.getTag().equals(Tag.NULL)
                || node instanceof ScalarNode scalar
                        && List.of("", "0", "HTTP").contains(scalar.getValue())
                || node instanceof SequenceNode list && list.getValue().isEmpty();
    }

    private void field(
            Message.Builder message, FieldDescriptor field, Node node, String path, boolean open) {
        if (node.getTag().equals(Tag.NULL)) {
            return;
        }
        if (field.isMapField()) {
            stringMap(message, field, node, path);
        } else if (field.isRepeated()) {
            if (node instanceof SequenceNode list) {
                for (int i = 0; i < list.getValue().size(); i++) {
                    Node item = list.getValue().get(i);
                    Object value = value(message, field, item, path + "[" + i + "]", open);
                    if (value != null) {
                        message.addRepeatedField(field, value);
                    }
                }
            } else {
                expected(node, path, "a list");
            }
        } else {
            Object value = value(message, field, node, path, open);
            if (value != null) {
                message.setField(field, value);
            }
        }
    }

    /** A map whose values are strings, or bytes in base64. */
    private void stringMap(Message.Builder message, FieldDescriptor field, Node node, String path) {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        for (var entry : map(node, path).orElse(Map.of()).entrySet()) {
            Node item = entry.getValue().getValueNode();
            String at = path + "[" + entry.getKey() + "]";
            Object made =
                    value.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING
                            ? base64(item, at)
                            : string(item, at);
            if (made != null) {
                message.addRepeatedField(
                        field,
                        message.newBuilderForField(field)
                                .setField(key, entry.getKey())
                                .setField(value, made)
                                .build());
            }
        }
    }

    /** One value of the field's type; null, and a problem noted, when the node is none. */
    private @Nullable Object value(
            Message.Builder message, FieldDescriptor field, Node node, String path, boolean open) {
        return switch (field.getJavaType()) {
            case STRING -> string(node, path);
            case BOOLEAN -> flag(node, path);
            case INT -> {
                Long number = integer(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
                yield number == null ? null : (Object) number.intValue();
            }
            case LONG -> integer(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
            case MESSAGE -> {
                Message prototype = message.newBuilderForField(field).getDefaultInstanceForType();
                yield switch (prototype) {
                    case Timestamp time -> time(node, path);
                    case IntOrString either -> intOrString(node, path);
                    default ->
                            map(node, path)
                                    .map(fields -> message(fields, path, prototype, open))
                                    .orElse(null);
                };
            }
            default -> throw new IllegalStateException("no manifest form for " + field);
        };
    }

    private @Nullable String string(Node node, String path) {
        if (count(node, path)
                && node instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.STR)) {
            return scalar.getValue();
        }
        expected(node, path, "a string");
        return null;
    }

    private @Nullable ByteString base64(Node node, String path) {
        String text = string(node, path);
        try {
            return text == null ? null : ByteString.copyFrom(Base64.getMimeDecoder().decode(text));
        } catch (IllegalArgumentException noBase64) {
            wrong(node, path, "expected base64, got something else");
            return null;
        }
    }

    private @Nullable Boolean flag(Node node, String path) {
        if (count(node, path) && node.getTag().equals(Tag.BOOL)) {
            return Boolean.valueOf(((ScalarNode) node).getValue());
        }
        expected(node, path, "true or false");
        return null;
    }

    private @Nullable Long integer(Node node, String path, long least, long most) {
        if (!count(node, path) || !node.getTag().equals(Tag.INT)) {
            expected(node, path, "an integer");
            return null;
        }
        try {
            long number = Long.parseLong(((ScalarNode) node).getValue());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException tooLarge) {
            // Said below like any other number that does not fit.
        }
        expected(node, path, "an integer from " + least + " to " + most);
        return null;
    }

    private @Nullable IntOrString intOrString(Node node, String path) {
        if (node.getTag().equals(Tag.STR)) {
            String text = string(node, path);
            return text == null ? null : IntOrString.newBuilder().setStrVal(text).build();
        }
        if (!node.getTag().equals(Tag.INT)) {
            expected(node, path, "an integer or a string");
            return null;
        }
        Long number = integer(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return number == null
                ? null
                : IntOrString.newBuilder().setIntVal(number.intValue()).build();
    }

    private @Nullable Timestamp time(Node node, String path) {
        try {
            if (count(node, path)
                    && node instanceof ScalarNode scalar
                    && node.getTag().equals(Tag.STR)) {
                Instant instant = OffsetDateTime.parse(scalar.getValue()).toInstant();
                return Timestamp.newBuilder()
                        .setSeconds(instant.getEpochSecond())
                        .setNanos(instant.getNano())
                        .build();
            }
        } catch (DateTimeException notATime) {
            // Said below like anything else that is no time.
        }
        expected(node, path, "a time as in RFC 3339, such as 2026-01-31T13:00:00Z");
        return null;
    }

    /** The fields of a map, in order; empty, and a problem noted, when the node is none. */
    Optional<Map<String, NodeTuple>> map(Node node, String path) {
        if (!count(node, path) || !(node instanceof MappingNode mapping)) {
            expected(node, path, "a map");
            return Optional.empty();
        }
        Map<String, NodeTuple> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key && key.getTag().equals(Tag.STR))) {
                expected(tuple.getKeyNode(), path, "a string as the key");
                continue;
            }
            NodeTuple first = fields.putIfAbsent(key.getValue(), tuple);
            if (first != null) {
                wrong(
                        key,
                        child(path, key.getValue()),
                        "duplicate key, first on line " + line(first.getKeyNode()));
            }
        }
        return Optional.of(fields);
    }

    private boolean count(Node node, String path) {
        if (++nodes == MAX_NODES) {
            wrong(node, path, "more than " + MAX_NODES + " values in one document");
        }
        return nodes < MAX_NODES;
    }

    void expected(Node node, String path, String what) {
        if (nodes < MAX_NODES) {
            wrong(node, path, "expected " + what + ", got " + shown(node));
        }
    }

    void wrong(Node node, String path, String text) {
        problems.add(new Problem.Wrong(place(node), path, text));
    }

    Place place(Node node) {
        return new Place(source, document, line(node));
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String shown(Node node) {
        return switch (node) {
            case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "null";
            case ScalarNode scalar when scalar.getTag().equals(Tag.STR) -> {
                StringBuilder quoted = new StringBuilder();
                JsonText.quote(scalar.getValue(), quoted);
                yield quoted.toString();
            }
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode list -> "a list";
            default -> "a map";
        };
    }
}
