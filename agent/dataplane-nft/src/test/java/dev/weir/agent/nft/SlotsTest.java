package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private static Endpoint endpoint(int number) {
        return new Endpoint(IpAddress.of("10.1.0.0").plus(number), 80);
    }

    private static List<Endpoint> endpoints(int... numbers) {
        return IntStream.of(numbers).mapToObj(SlotsTest::endpoint).toList();
    }

    @Test
    void theLastFillsTheHole() {
        assertThat(Slots.arrange(endpoints(1, 2, 3, 4), endpoints(1, 3, 4)))
                .isEqualTo(endpoints(1, 4, 3));
    }

    @Test
    void whoComesTakesThePlaceOfWhoGoes() {
        assertThat(Slots.arrange(endpoints(1, 2, 3), endpoints(3, 9, 1)))
                .isEqualTo(endpoints(1, 9, 3));
    }

    @Test
    void allMayGo() {
        assertThat(Slots.arrange(endpoints(1, 2, 3), List.of())).isEmpty();
    }

    @RepeatedTest(200)
    void anyChangeKeepsWhoStaysWithinReachInPlace() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Endpoint> old = some(random);
        List<Endpoint> wanted = some(random);

        List<Endpoint> slots = Slots.arrange(old, wanted);

        assertThat(slots).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(wanted);
        Set<Endpoint> staying = new HashSet<>(old);
        staying.retainAll(wanted);
        for (int i = 0; i < Math.min(old.size(), slots.size()); i++) {
            if (staying.contains(old.get(i))) {
                assertThat(slots.get(i)).as("seed %d, slot %d", seed, i).isEqualTo(old.get(i));
            }
        }
    }

    private static List<Endpoint> some(Random random) {
        List<Endpoint> all = new ArrayList<>(endpoints(IntStream.range(0, 12).toArray()));
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, random.nextInt(all.size() + 1)));
    }
}
