package dev.weir.agent.derive;

import dev.weir.changes.MapDelta;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/** A map on its way to its next state. Stays the same object while no value differs. */
final class Edit<K, V> {
    private final PMap<K, V> from;
    private final Set<K> named = new HashSet<>();
    private PMap<K, V> to;

    Edit(PMap<K, V> from) {
        this.from = from;
        this.to = from;
    }

    /**
     * Gives the key a value.
     *
     * @param value null for none
     */
    void set(K key, @Nullable V value) {
        if (value == null) {
            to = to.containsKey(key) ? to.minus(key) : to;
        } else if (!value.equals(to.get(key))) {
            to = to.plus(key, value);
        }
        named.add(key);
    }

    PMap<K, V> to() {
        return to;
    }

    /** Just what differs. Costs the number of keys that were named. */
    MapDelta<K, V> delta() {
        if (from == to) {
            return MapDelta.none();
        }
        Map<K, V> puts = new HashMap<>();
        Set<K> removes = new HashSet<>();
        for (K key : named) {
            V had = from.get(key);
            V has = to.get(key);
            if (has == null && had != null) {
                removes.add(key);
            } else if (has != null && !has.equals(had)) {
                puts.put(key, has);
            }
        }
        return new MapDelta<>(puts, removes);
    }
}
