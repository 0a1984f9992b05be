package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespaceStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.log.Write;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.server.NamespaceSweep;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The life of namespaces: the ones that are always there, and how one goes. */
final class Namespaces {
    static final List<String> ALWAYS = List.of("default", "kube-system", "weir-system");

    private Namespaces() {}

    /** Makes those of {@link #ALWAYS} that are missing. */
    static Write<String> bootstrap(Instant now) {
        return Write.of(
                pending -> {
                    TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                    for (String name : ALWAYS) {
                        Key key = Kinds.NAMESPACE.key("", name);
                        if (pending.image().get(key).isEmpty()) {
                            changes.put(key, Optional.of(namespace(name, now, pending.revision())));
                        }
                    }
                    return changes;
                });
    }

    /** Marks the namespace as going; whatever is in it goes before it. */
    static Namespace terminating(Namespace namespace, Instant now) {
        if (NamespaceSweep.isTerminating(namespace)) {
            return namespace;
        }
        return namespace.toBuilder()
                .setMetadata(
                        namespace.getMetadata().toBuilder()
                                .setDeletionTimestamp(
                                        Timestamp.newBuilder().setSeconds(now.getEpochSecond())))
                .setStatus(NamespaceStatus.newBuilder().setPhase("Terminating"))
                .build();
    }

    static boolean anyTerminating(Image control) {
        return control.all(Kinds.NAMESPACE, Namespace.class)
                .anyMatch(NamespaceSweep::isTerminating);
    }

    /**
     * Removes what the control shard holds of terminating namespaces, and those that nobody else
     * holds anything of any more.
     *
     * @param others the shards that empty themselves; each must have seen that the namespace is
     *     going
     */
    static Write<String> finish(Collection<Image> others) {
        return Write.of(
                pending -> {
                    TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                    pending.image()
                            .all(Kinds.NAMESPACE, Namespace.class)
                            .filter(NamespaceSweep::isTerminating)
                            .forEach(
                                    namespace ->
                                            finish(namespace, pending.image(), others, changes));
                    return changes;
                });
    }

    private static void finish(
            Namespace namespace,
            Image control,
            Collection<Image> others,
            TreeMap<Key, Optional<Message>> changes) {
        String name = namespace.getMetadata().getName();
        long since = Long.parseLong(namespace.getMetadata().getResourceVersion());
        control.objects().keySet().stream()
                .filter(key -> key.namespace().equals(name))
                .forEach(key -> changes.put(key, Optional.empty()));
        boolean empty =
                others.stream()
                        .allMatch(
                                image ->
                                        image.after().revision(Shards.CONTROL) >= since
                                                && image.objects().keySet().stream()
                                                        .noneMatch(
                                                                key ->
                                                                        key.namespace()
                                                                                .equals(name)));
        if (empty) {
            changes.put(Kinds.NAMESPACE.key("", name), Optional.empty());
        }
    }

    private static Namespace namespace(String name, Instant now, long revision) {
        return Namespace.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setName(name)
                                .setUid(UUID.randomUUID().toString())
                                .setGeneration(1)
                                .setResourceVersion(Long.toString(revision))
                                .setCreationTimestamp(
                                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                                .putLabels("kubernetes.io/metadata.name", name))
                .setStatus(NamespaceStatus.newBuilder().setPhase("Active"))
                .build();
    }
}
