package dev.weir.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Frontiers of one log are a lattice; {@code -Dweir.seed=N} to see a failure again. */
class FrontierTest {
    private static final String[] SHARDS = {"control", "endpoint", "policy"};
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Frontier a = any();
    private final Frontier b = any();
    private final Frontier c = any();

    private Frontier any() {
        TreeMap<String, Long> revisions = new TreeMap<>();
        for (String shard : SHARDS) {
            if (random.nextInt(3) > 0) {
                revisions.put(shard, 1 + (long) random.nextInt(4));
            }
        }
        return new Frontier("log", revisions);
    }

    @RepeatedTest(50)
    void theMaximumIncludesBothAndNothingMore() {
        Frontier max = a.max(b);

        assertThat(max.includes(a) && max.includes(b)).as("seed %d", seed).isTrue();
        assertThat(c.includes(max)).as("seed %d", seed).isEqualTo(c.includes(a) && c.includes(b));
        assertThat(max).as("seed %d", seed).isEqualTo(b.max(a));
        assertThat(max.max(c)).as("seed %d", seed).isEqualTo(a.max(b.max(c)));
        assertThat(a.max(a)).isEqualTo(a);
    }

    @RepeatedTest(50)
    void bothIncludeTheMinimumAndNothingMore() {
        Frontier min = a.min(b);

        assertThat(a.includes(min) && b.includes(min)).as("seed %d", seed).isTrue();
        assertThat(min.includes(c)).as("seed %d", seed).isEqualTo(a.includes(c) && b.includes(c));
        assertThat(min).as("seed %d", seed).isEqualTo(b.min(a));
        assertThat(min.min(c)).as("seed %d", seed).isEqualTo(a.min(b.min(c)));
        assertThat(a.min(a)).isEqualTo(a);
    }

    @RepeatedTest(50)
    void includingEachOtherIsBeingEqual() {
        assertThat(a.includes(b) && b.includes(a)).as("seed %d", seed).isEqualTo(a.equals(b));
        if (a.includes(b) && b.includes(c)) {
            assertThat(a.includes(c)).as("seed %d", seed).isTrue();
        }
    }

    @RepeatedTest(20)
    void theEmptyFrontierIsTheLowest() {
        assertThat(a.includes(Frontier.EMPTY)).isTrue();
        assertThat(a.max(Frontier.EMPTY)).isEqualTo(a);
        assertThat(Frontier.EMPTY.max(a)).isEqualTo(a);
        assertThat(Frontier.EMPTY.includes(a)).isEqualTo(a.revisions().isEmpty());
        assertThat(Frontier.of(a.toProto())).isEqualTo(a);
    }

    @Test
    void frontiersOfDifferentLogsIncludeNothingOfEachOther() {
        Frontier old = Frontier.of("old", "control", 9);
        Frontier young = Frontier.of("young", "control", 1);

        assertThat(old.includes(young)).isFalse();
        assertThat(young.includes(old)).isFalse();
        assertThat(old.min(young)).isEqualTo(Frontier.EMPTY);
    }

    @Test
    void anotherLogForgetsWhatWasSeen() {
        Frontier seen = Frontier.of("log", "control", 9).with("log", "policy", 3);

        assertThat(seen.with("log", "control", 2))
                .isEqualTo(Frontier.of("log", "control", 2).with("log", "policy", 3));
        assertThat(seen.with("new", "control", 1)).isEqualTo(Frontier.of("new", "control", 1));
    }

    @Test
    void aShardThatIsNotNamedIsAtZero() {
        Frontier frontier = Frontier.of("log", "control", 1);

        assertThat(frontier.revision("control")).isEqualTo(1);
        assertThat(frontier.revision("policy")).isZero();
    }
}
