package dev.weir.changes;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Leads from one map to another: values to put, then keys to remove; no key is in both. */
public record MapDelta<K, V>(Map<K, V> puts, Set<K> removes) {
    public MapDelta {
        puts = Map.copyOf(puts);
        removes = Set.copyOf(removes);
    }

    public static <K, V> MapDelta<K, V> none() {
        return new MapDelta<>(Map.of(), Set.of());
    }

    public static <K, V> MapDelta<K, V> between(Map<K, V> from, Map<K, V> to) {
        return new MapDelta<>(
                to.entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(from.get(entry.getKey())))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                from.keySet().stream()
                        .filter(key -> !to.containsKey(key))
                        .collect(Collectors.toSet()));
    }

    public boolean isEmpty() {
        return puts.isEmpty() && removes.isEmpty();
    }
}
