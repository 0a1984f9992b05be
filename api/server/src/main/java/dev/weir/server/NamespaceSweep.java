package dev.weir.server;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.Shards;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Empties a shard of the objects of namespaces that are being deleted, around another derivation.
 *
 * @param own the shard to empty
 */
public record NamespaceSweep(String own, Derivation derivation) implements Derivation {

    /** What a new object meets in this namespace. */
    public static NamespaceState state(Image control, String namespace) {
        return control.find(Namespace.class, Kinds.NAMESPACE.key("", namespace))
                .map(
                        found ->
                                isTerminating(found)
                                        ? NamespaceState.TERMINATING
                                        : NamespaceState.ACTIVE)
                .orElse(NamespaceState.ABSENT);
    }

    public static boolean isTerminating(Namespace namespace) {
        return namespace.getMetadata().hasDeletionTimestamp();
    }

    @Override
    public SortedMap<Key, Optional<Message>> derive(Steps steps) {
        TreeMap<Key, Optional<Message>> changes = new TreeMap<>(derivation.derive(steps));
        steps.of(Shards.CONTROL)
                .to()
                .all(Kinds.NAMESPACE, Namespace.class)
                .filter(NamespaceSweep::isTerminating)
                .forEach(
                        namespace ->
                                sweep(
                                        namespace.getMetadata().getName(),
                                        steps.of(own).to(),
                                        changes));
        return changes;
    }

    private static void sweep(
            String namespace, Image own, TreeMap<Key, Optional<Message>> changes) {
        changes.keySet().removeIf(key -> key.namespace().equals(namespace));
        own.objects().keySet().stream()
                .filter(key -> key.namespace().equals(namespace))
                .forEach(key -> changes.put(key, Optional.empty()));
    }
}
