package dev.weir.agent;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The shards as they were last heard of, and what was heard since somebody asked. Owned by the
 * loop's thread.
 */
final class Heard {
    private final Map<String, Image> shards = new HashMap<>();
    private final Set<String> inSync = new HashSet<>();
    private final Map<String, List<Delta>> since = new HashMap<>();

    void take(ShardUpdate update) {
        Image before = shards.getOrDefault(update.shard(), Image.empty(update.shard()));
        Delta delta =
                switch (update) {
                    case ShardUpdate.Snapshot(var whole) -> Delta.between(before, whole);
                    case ShardUpdate.Changes(var changes) -> changes;
                };
        shards.put(update.shard(), before.apply(delta));
        inSync.add(update.shard());
        since.computeIfAbsent(update.shard(), shard -> new ArrayList<>()).add(delta);
    }

    /** State from before the start, for those shards that nothing has been heard of yet. */
    void lastSnapshot(Map<String, Image> images) {
        images.forEach(
                (shard, last) -> {
                    if (!inSync.contains(shard)) {
                        take(new ShardUpdate.Snapshot(last));
                    }
                });
    }

    Map<String, Image> shards() {
        return Collections.unmodifiableMap(shards);
    }

    Set<String> inSync() {
        return Collections.unmodifiableSet(inSync);
    }

    /** What was heard since the last call: one delta for each shard that moved. */
    Map<String, Delta> takeDeltas() {
        Map<String, Delta> deltas = new HashMap<>();
        since.forEach((shard, parts) -> deltas.put(shard, joined(parts)));
        since.clear();
        return deltas;
    }

    /**
     * Deltas that follow each other, as one. Costs the size of all, where one by one costs more.
     */
    private static Delta joined(List<Delta> parts) {
        Delta last = parts.getLast();
        if (parts.size() == 1) {
            return last;
        }
        TreeMap<Key, Change> changes = new TreeMap<>();
        parts.forEach(part -> changes.putAll(part.changes()));
        return new Delta(last.shard(), last.logId(), last.revision(), last.after(), changes);
    }
}
