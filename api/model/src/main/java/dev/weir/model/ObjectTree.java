package dev.weir.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.IntOrString;
import dev.weir.net.v1.Endpoints;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages as maps, lists, strings, longs and booleans, by the names that manifests use. */
final class ObjectTree {
    private ObjectTree() {}

    static Map<String, Object> of(Message object) {
        Kind kind =
                switch (object) {
                    case Endpoints endpoints -> Mirrored.KIND;
                    case dev.weir.net.v1.IpAddress address -> ClusterIpView.KIND;
                    default -> Kinds.of(object);
                };
        TreeMap<String, Object> fields = fields(object);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", kind.apiVersion());
        tree.put("kind", kind.name());
        Object metadata = fields.remove("metadata");
        if (metadata != null) {
            tree.put("metadata", metadata);
        }
        tree.putAll(fields);
        return tree;
    }

    static Map<String, Object> of(List<? extends Message> objects) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "v1");
        tree.put("items", objects.stream().map(ObjectTree::of).toList());
        tree.put("kind", "List");
        tree.put("metadata", Map.of("resourceVersion", ""));
        return tree;
    }

    private static TreeMap<String, Object> fields(Message message) {
        TreeMap<String, Object> tree = new TreeMap<>();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            tree.put(field.getJsonName(), field.isMapField() ? map(entry) : any(entry.getValue()));
        }
        return tree;
    }

    /** Keys of all maps in the API are strings. */
    private static Map<String, Object> map(Map.Entry<FieldDescriptor, Object> field) {
        FieldDescriptor key = field.getKey().getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getKey().getMessageType().findFieldByNumber(2);
        TreeMap<String, Object> tree = new TreeMap<>();
        for (Object entry : (List<?>) field.getValue()) {
            tree.put(
                    (String) ((Message) entry).getField(key),
                    any(((Message) entry).getField(value)));
        }
        return tree;
    }

    private static Object any(Object value) {
        return switch (value) {
            case List<?> list -> {
                List<Object> items = new ArrayList<>();
                list.forEach(item -> items.add(any(item)));
                yield items;
            }
            case Timestamp time -> Instant.ofEpochSecond(time.getSeconds()).toString();
            case IntOrString either ->
                    either.hasStrVal() ? either.getStrVal() : (Object) (long) either.getIntVal();
            case Message message -> fields(message);
            case Number number -> number.longValue();
            case String text -> text;
            case ByteString bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
            case Boolean flag -> flag;
            default -> throw new IllegalStateException("no manifest form for " + value.getClass());
        };
    }
}
