package dev.weir.changes;

import com.google.protobuf.Message;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * The whole state of one shard at one revision. Immutable; a change costs the logarithm of the
 * size.
 *
 * @param revision 0 before the first write
 * @param after what the shard's writer had read of the other shards
 */
public record Image(
        String shard, String logId, long revision, Frontier after, TreePMap<Key, Stored> objects) {

    public static Image empty(String shard) {
        return new Image(shard, "", 0, Frontier.EMPTY, TreePMap.empty());
    }

    public Image apply(Delta delta) {
        TreePMap<Key, Stored> next = objects;
        for (var change : delta.changes().entrySet()) {
            next =
                    switch (change.getValue()) {
                        case Change.Put(var object) -> next.plus(change.getKey(), object);
                        case Change.Remove remove -> next.minus(change.getKey());
                    };
        }
        return new Image(shard, delta.logId(), delta.revision(), delta.after(), next);
    }

    public Optional<Stored> get(Key key) {
        return Optional.ofNullable(objects.get(key));
    }

    /** The object of this key, if there is one. The key's kind is the type's. */
    public <M extends Message> Optional<M> find(Class<M> type, Key key) {
        return get(key).map(stored -> type.cast(stored.value()));
    }

    /** All objects of a kind, in the order of their keys. */
    public <M extends Message> Stream<M> all(Kind kind, Class<M> type) {
        return range(kind.name(), "", kind.name() + "\0").map(stored -> type.cast(stored.value()));
    }

    /** The objects of a kind in one namespace, in the order of their names. */
    public <M extends Message> Stream<M> in(Kind kind, String namespace, Class<M> type) {
        return objects
                .subMap(
                        new Key(kind.name(), namespace, ""),
                        new Key(kind.name(), namespace + "\0", ""))
                .values()
                .stream()
                .map(stored -> type.cast(stored.value()));
    }

    private Stream<Stored> range(String kind, String namespace, String endKind) {
        return objects
                .subMap(new Key(kind, namespace, ""), new Key(endKind, "", ""))
                .values()
                .stream();
    }
}
