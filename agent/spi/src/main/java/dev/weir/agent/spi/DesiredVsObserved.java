package dev.weir.agent.spi;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The bookkeeping of every plane: what shall be programmed, what is believed to be, and so what is
 * left to do. Invariant: {@link #missing} and {@link #stale} hold exactly the differences, whatever
 * the order of calls. Not safe for many threads: owned by the thread that calls the plane.
 */
public final class DesiredVsObserved<K, V> {
    private final Map<K, V> desired = new HashMap<>();
    private final Map<K, V> observed = new HashMap<>();
    private final Set<K> differing = new LinkedHashSet<>();

    public void desire(K key, V value) {
        desired.put(key, value);
        compare(key);
    }

    public void undesire(K key) {
        desired.remove(key);
        compare(key);
    }

    /** Say so after programming the key, and when reading back. */
    public void observe(K key, V value) {
        observed.put(key, value);
        compare(key);
    }

    /** Say so after removing the key, and when it was not there. */
    public void unobserve(K key) {
        observed.remove(key);
        compare(key);
    }

    /** The result of reading everything back: what is not mentioned is not there. */
    public void observeAll(Map<K, V> found) {
        Set.copyOf(observed.keySet()).stream()
                .filter(key -> !found.containsKey(key))
                .forEach(this::unobserve);
        found.forEach(this::observe);
    }

    /** To be programmed: absent, or with another value. A copy. */
    public Map<K, V> missing() {
        Map<K, V> result = new LinkedHashMap<>();
        for (K key : differing) {
            V value = desired.get(key);
            if (value != null) {
                result.put(key, value);
            }
        }
        return result;
    }

    /** To be removed, with the value that is there. A copy. */
    public Map<K, V> stale() {
        Map<K, V> result = new LinkedHashMap<>();
        for (K key : differing) {
            V value = observed.get(key);
            if (value != null && !desired.containsKey(key)) {
                result.put(key, value);
            }
        }
        return result;
    }

    public boolean inSync() {
        return differing.isEmpty();
    }

    public Map<K, V> desired() {
        return Map.copyOf(desired);
    }

    public Map<K, V> observed() {
        return Map.copyOf(observed);
    }

    public Optional<V> desired(K key) {
        return Optional.ofNullable(desired.get(key));
    }

    public Optional<V> observed(K key) {
        return Optional.ofNullable(observed.get(key));
    }

    private void compare(K key) {
        V wanted = desired.get(key);
        V found = observed.get(key);
        if (wanted == null ? found == null : wanted.equals(found)) {
            differing.remove(key);
        } else {
            differing.add(key);
        }
    }
}
