package dev.weir.agent.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DesiredVsObservedTest {
    @Test
    void missingAndStaleAreTheDifferenceWhateverTheCalls() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        DesiredVsObserved<Integer, Integer> books = new DesiredVsObserved<>();
        Map<Integer, Integer> desired = new HashMap<>();
        Map<Integer, Integer> observed = new HashMap<>();

        for (int i = 0; i < 2_000; i++) {
            int key = random.nextInt(8);
            int value = random.nextInt(3);
            switch (random.nextInt(5)) {
                case 0 -> {
                    books.desire(key, value);
                    desired.put(key, value);
                }
                case 1 -> {
                    books.undesire(key);
                    desired.remove(key);
                }
                case 2 -> {
                    books.observe(key, value);
                    observed.put(key, value);
                }
                case 3 -> {
                    books.unobserve(key);
                    observed.remove(key);
                }
                default -> {
                    Map<Integer, Integer> found = Map.of(key, value);
                    books.observeAll(found);
                    observed.clear();
                    observed.putAll(found);
                }
            }

            assertThat(books.missing())
                    .as("seed %d, call %d", seed, i)
                    .isEqualTo(without(desired, observed, true));
            assertThat(books.stale())
                    .as("seed %d, call %d", seed, i)
                    .isEqualTo(without(observed, desired, false));
        }
    }

    private static Map<Integer, Integer> without(
            Map<Integer, Integer> from, Map<Integer, Integer> other, boolean orDifferent) {
        return from.entrySet().stream()
                .filter(
                        entry ->
                                !other.containsKey(entry.getKey())
                                        || orDifferent
                                                && !other.get(entry.getKey())
                                                        .equals(entry.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
