package dev.weir.changes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Leads from one map to another: values to put, then keys to remove; no key is in both. */
public record MapDelta<K, V>(Map<K, V> puts, Set<K> removes) {
    public MapDelta {
        puts = Map.copyOf(puts);
        removes = Set.copyOf(removes);
    }

    public static <K, V> MapDelta<K, V> none() {
        return new MapDelta<>(Map.of(), Set.of());
    }

    /** Costs the size of both maps, but nothing when they are one. */
    public static <K, V> MapDelta<K, V> between(Map<K, V> from, Map<K, V> to) {
        if (from == to) {
            return none();
        }
        Map<K, V> puts = new HashMap<>();
        int kept = 0;
        for (Map.Entry<K, V> entry : to.entrySet()) {
            V before = from.get(entry.getKey());
            kept += before == null ? 0 : 1;
            if (!entry.getValue().equals(before)) {
                puts.put(entry.getKey(), entry.getValue());
            }
        }
        Set<K> removes = new HashSet<>();
        if (kept < from.size()) {
            removes.addAll(from.keySet());
            removes.removeAll(to.keySet());
        }
        return new MapDelta<>(puts, removes);
    }

    public boolean isEmpty() {
        return puts.isEmpty() && removes.isEmpty();
    }
}
