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

    /**
     * This delta and then the next one, as one: just what differs in the end. Costs the size of
     * both deltas.
     *
     * @param from where this delta starts
     */
    public MapDelta<K, V> then(MapDelta<K, V> next, Map<K, V> from) {
        if (isEmpty() || next.isEmpty()) {
            return isEmpty() ? next : this;
        }
        Map<K, V> allPuts = new HashMap<>(puts);
        Set<K> allRemoves = new HashSet<>(removes);
        next.puts.forEach(
                (key, value) -> {
                    allRemoves.remove(key);
                    if (value.equals(from.get(key))) {
                        allPuts.remove(key);
                    } else {
                        allPuts.put(key, value);
                    }
                });
        for (K key : next.removes) {
            allPuts.remove(key);
            if (from.containsKey(key)) {
                allRemoves.add(key);
            }
        }
        return new MapDelta<>(allPuts, allRemoves);
    }

    public boolean isEmpty() {
        return puts.isEmpty() && removes.isEmpty();
    }
}
