package dev.weir.routing.compile;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notices whether anything changed that compiling looks at: any object of these kinds, but for its
 * status. Statuses are what compiling leads to, so they change often. For one caller at a time.
 */
final class Seen {
    static final List<Kind> KINDS =
            List.of(
                    Kinds.NAMESPACE,
                    Kinds.INGRESS_CLASS,
                    Kinds.INGRESS,
                    Kinds.GATEWAY_CLASS,
                    Kinds.GATEWAY,
                    Kinds.HTTP_ROUTE,
                    Kinds.REFERENCE_GRANT,
                    Kinds.SERVICE,
                    Kinds.SECRET);

    private Map<Key, Stored> objects = new HashMap<>();

    /**
     * Whether something is not as it was the last time.
     *
     * @param images that the kinds are in
     */
    boolean changed(Image... images) {
        Map<Key, Stored> before = objects;
        Map<Key, Stored> now = HashMap.newHashMap(before.size());
        boolean same = true;
        for (Image image : images) {
            for (Kind kind : KINDS) {
                var range =
                        image.objects()
                                .subMap(
                                        new Key(kind.name(), "", ""),
                                        new Key(kind.name() + "\0", "", ""));
                for (var entry : range.entrySet()) {
                    now.put(entry.getKey(), entry.getValue());
                    Stored old = before.get(entry.getKey());
                    same = same && old != null && alike(old, entry.getValue());
                }
            }
        }
        objects = now;
        return !same || now.size() != before.size();
    }

    private static boolean alike(Stored old, Stored now) {
        return old == now || essence(old.value()).equals(essence(now.value()));
    }

    private static Message essence(Message object) {
        Message.Builder essence = object.toBuilder();
        FieldDescriptor status = object.getDescriptorForType().findFieldByName("status");
        if (status != null) {
            essence.clearField(status);
        }
        FieldDescriptor metadata = object.getDescriptorForType().findFieldByName("metadata");
        return essence.setField(
                        metadata,
                        ((ObjectMeta) object.getField(metadata))
                                .toBuilder().clearResourceVersion().build())
                .build();
    }
}
