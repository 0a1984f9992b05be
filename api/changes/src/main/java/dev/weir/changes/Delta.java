package dev.weir.changes;

import dev.weir.model.Key;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What leads one shard from an earlier image to the revision given here, at most one change per
 * key.
 *
 * @param after what the shard's writer had read of the other shards at that revision
 */
public record Delta(
        String shard, String logId, long revision, Frontier after, SortedMap<Key, Change> changes) {
    public Delta {
        changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    }

    /** This delta and then the next one, as one: the last change of each key. */
    public Delta then(Delta next) {
        TreeMap<Key, Change> both = new TreeMap<>(changes);
        both.putAll(next.changes);
        return new Delta(shard, next.logId, next.revision, next.after, both);
    }

    /**
     * The delta from one image to another of the same shard: {@code old.apply(between(old, new))}
     * equals new.
     */
    public static Delta between(Image from, Image to) {
        TreeMap<Key, Change> changes = new TreeMap<>();
        to.objects()
                .forEach(
                        (key, stored) -> {
                            Stored before = from.objects().get(key);
                            if (before == null || !before.equals(stored)) {
                                changes.put(key, new Change.Put(stored));
                            }
                        });
        from.objects()
                .keySet()
                .forEach(
                        key -> {
                            if (!to.objects().containsKey(key)) {
                                changes.put(key, new Change.Remove(to.revision()));
                            }
                        });
        return new Delta(to.shard(), to.logId(), to.revision(), to.after(), changes);
    }
}
