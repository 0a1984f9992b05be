package dev.weir.endpoint.derive;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Things by their label pairs, so that many selectors need not look at every thing. */
final class Labelled<T> {
    private final Map<Map.Entry<String, String>, List<T>> byPair = new HashMap<>();

    private Labelled() {}

    /** Filed under each of their pairs, for {@link #underAll}. */
    static <T> Labelled<T> byEach(Stream<T> things, Function<T, Map<String, String>> pairs) {
        Labelled<T> labelled = new Labelled<>();
        things.forEach(
                thing -> pairs.apply(thing).entrySet().forEach(pair -> labelled.file(pair, thing)));
        return labelled;
    }

    /**
     * Filed under one of their pairs, for {@link #underAny}; things without a pair are left out.
     */
    static <T> Labelled<T> byFirst(Stream<T> things, Function<T, Map<String, String>> pairs) {
        Labelled<T> labelled = new Labelled<>();
        things.forEach(
                thing ->
                        pairs.apply(thing).entrySet().stream()
                                .findFirst()
                                .ifPresent(pair -> labelled.file(pair, thing)));
        return labelled;
    }

    private void file(Map.Entry<String, String> pair, T thing) {
        byPair.computeIfAbsent(
                        Map.entry(pair.getKey(), pair.getValue()), absent -> new ArrayList<>())
                .add(thing);
    }

    /** Things under the rarest of the pairs: all that have every pair, and others. */
    Collection<T> underAll(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> byPair.getOrDefault(pair, List.of()))
                .min(Comparator.comparing(List::size))
                .orElse(List.of());
    }

    /** Things under any of the pairs. */
    Stream<T> underAny(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .flatMap(pair -> byPair.getOrDefault(pair, List.of()).stream());
    }
}
