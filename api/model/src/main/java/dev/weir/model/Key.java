package dev.weir.model;

import dev.weir.core.v1.ObjectKey;
import java.util.Comparator;

/**
 * Names one object: its kind, its namespace (empty for kinds that have none) and its name.
 *
 * <p>Ordered by kind, namespace, name, so that the objects of a kind, or of a namespace of it, are
 * a range.
 */
public record Key(String kind, String namespace, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::kind).thenComparing(Key::namespace).thenComparing(Key::name);

    /**
     * The key of the record's bytes in a log: {@code kind/namespace/name}; none of the parts holds
     * a slash.
     */
    public String path() {
        return kind + "/" + namespace + "/" + name;
    }

    public static Key ofPath(String path) {
        int first = path.indexOf('/');
        int second = path.indexOf('/', first + 1);
        if (first <= 0 || second < 0) {
            throw new IllegalArgumentException("not kind/namespace/name: " + path);
        }
        return new Key(
                path.substring(0, first),
                path.substring(first + 1, second),
                path.substring(second + 1));
    }

    /** Kinds and namespaces repeat: all keys made here share them. */
    public static Key of(ObjectKey key) {
        return new Key(key.getKind().intern(), key.getNamespace().intern(), key.getName());
    }

    public ObjectKey toProto() {
        return ObjectKey.newBuilder().setKind(kind).setNamespace(namespace).setName(name).build();
    }

    @Override
    public int compareTo(Key other) {
        return ORDER.compare(this, other);
    }

    /** As kubectl names it in a message: {@code namespace/name}, or the name alone. */
    public String qualifiedName() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public String toString() {
        return kind + " " + qualifiedName();
    }
}
