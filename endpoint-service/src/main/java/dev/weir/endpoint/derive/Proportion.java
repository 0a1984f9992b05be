package dev.weir.endpoint.derive;

import dev.weir.net.v1.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ready endpoints for zones, as many for each as its share of the nodes calls for. Endpoints are
 * for their own zone first; what a zone has more than its number goes to zones that have less.
 *
 * <p>Invariant: either every zone gets so many that each of its endpoints is expected to carry at
 * most {@link #OVERLOAD} percent more than the mean, or nothing is said at all.
 */
final class Proportion {
    /** In percent (k8s.io/endpointslice, topologycache: overloadThreshold). */
    static final int OVERLOAD = 20;

    private Proportion() {}

    /**
     * The zone that each ready endpoint is for. Empty when there are fewer than two zones, an
     * endpoint is in none, or there are too few endpoints to go round.
     *
     * @param endpoints by the name of their pod
     * @param shares the weight of each zone, at least 1
     */
    static Map<String, String> zones(
            SortedMap<String, Endpoint> endpoints, Map<String, Integer> shares) {
        TreeMap<String, Deque<String>> ready = new TreeMap<>();
        int count = 0;
        for (Map.Entry<String, Endpoint> entry : endpoints.entrySet()) {
            if (entry.getValue().getConditions().getReady()) {
                count++;
                ready.computeIfAbsent(entry.getValue().getZone(), zone -> new ArrayDeque<>())
                        .add(entry.getKey());
            }
        }
        if (shares.size() < 2 || ready.containsKey("")) {
            return Map.of();
        }
        SortedMap<String, Integer> numbers = numbers(count, shares);
        return numbers.isEmpty() ? Map.of() : spread(ready, numbers);
    }

    /**
     * How many endpoints each zone gets; they add up to the count. Empty when some zone would have
     * to be overloaded.
     */
    static SortedMap<String, Integer> numbers(int count, Map<String, Integer> shares) {
        long all = shares.values().stream().mapToLong(share -> share).sum();
        TreeMap<String, Integer> numbers = new TreeMap<>();
        long left = count;
        for (Map.Entry<String, Integer> zone : shares.entrySet()) {
            long least = Math.ceilDiv(100L * count * zone.getValue(), (100L + OVERLOAD) * all);
            numbers.put(zone.getKey(), (int) least);
            left -= least;
        }
        if (left < 0 || count == 0) {
            return new TreeMap<>();
        }
        Comparator<Map.Entry<String, Integer>> need =
                Comparator.comparingLong(
                        zone ->
                                zone.getValue() * all
                                        - (long) count * shares.getOrDefault(zone.getKey(), 0));
        for (; left > 0; left--) {
            numbers.entrySet().stream()
                    .min(need.thenComparing(Map.Entry.comparingByKey()))
                    .ifPresent(zone -> numbers.merge(zone.getKey(), 1, Integer::sum));
        }
        return numbers;
    }

    private static Map<String, String> spread(
            SortedMap<String, Deque<String>> ready, SortedMap<String, Integer> numbers) {
        Map<String, String> zones = new HashMap<>();
        Map<String, Integer> missing = new TreeMap<>();
        numbers.forEach(
                (zone, number) -> {
                    Deque<String> own = ready.getOrDefault(zone, new ArrayDeque<>());
                    int kept = Math.min(number, own.size());
                    for (int i = 0; i < kept; i++) {
                        zones.put(own.remove(), zone);
                    }
                    missing.put(zone, number - kept);
                });
        List<String> spare = new ArrayList<>();
        ready.values().forEach(spare::addAll);
        int next = 0;
        for (Map.Entry<String, Integer> zone : missing.entrySet()) {
            for (int i = 0; i < zone.getValue(); i++) {
                zones.put(spare.get(next++), zone.getKey());
            }
        }
        return zones;
    }
}
