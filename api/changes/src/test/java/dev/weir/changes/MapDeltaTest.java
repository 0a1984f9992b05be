package dev.weir.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MapDeltaTest {
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private Map<Integer, Integer> any() {
        Map<Integer, Integer> map = new HashMap<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            map.put(random.nextInt(6), random.nextInt(3));
        }
        return map;
    }

    @RepeatedTest(50)
    void itLeadsFromOneMapToTheOther() {
        Map<Integer, Integer> from = any();
        Map<Integer, Integer> to = any();

        MapDelta<Integer, Integer> delta = MapDelta.between(from, to);

        Map<Integer, Integer> result = new HashMap<>(from);
        result.putAll(delta.puts());
        result.keySet().removeAll(delta.removes());
        assertThat(result).as("seed %d", seed).isEqualTo(to);
        assertThat(delta.isEmpty()).as("seed %d", seed).isEqualTo(from.equals(to));
        assertThat(Collections.disjoint(delta.puts().keySet(), delta.removes()))
                .as("seed %d", seed)
                .isTrue();
    }

    @RepeatedTest(50)
    void twoInARowAreTheOneBetweenTheEnds() {
        Map<Integer, Integer> from = any();
        Map<Integer, Integer> middle = any();
        Map<Integer, Integer> to = any();

        MapDelta<Integer, Integer> both =
                MapDelta.between(from, middle).then(MapDelta.between(middle, to), from);

        assertThat(both).as("seed %d", seed).isEqualTo(MapDelta.between(from, to));
    }

    @Test
    void itNamesOnlyWhatDiffers() {
        MapDelta<String, Integer> delta =
                MapDelta.between(
                        Map.of("same", 1, "other", 1, "gone", 1),
                        Map.of("same", 1, "other", 2, "new", 1));

        assertThat(delta).isEqualTo(new MapDelta<>(Map.of("other", 2, "new", 1), Set.of("gone")));
        assertThat(MapDelta.none().isEmpty()).isTrue();
    }
}
