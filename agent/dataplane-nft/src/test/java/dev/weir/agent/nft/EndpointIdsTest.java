package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointIdsTest {
    private static final int MANY = 20_000;

    private static List<Endpoint> endpoints(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Endpoint(IpAddress.of("10.244.0.0").plus(i / 2), 8080 + i % 2))
                .toList();
    }

    @Test
    void noTwoEndpointsHaveTheSameAndNoneHasThatOfASlot() {
        Map<Endpoint, Integer> ids = EndpointIds.of(endpoints(MANY));

        assertThat(new HashSet<>(ids.values())).hasSize(MANY);
        assertThat(ids.values()).allMatch(id -> id > ServiceTable.MAX_ENDPOINTS);
        assertThat(ids.values()).allMatch(id -> Marks.generation(id) == 0);
    }

    @Test
    void theOrderDoesNotMatterAndNearlyAllKeepTheirsWhoeverElseComes() {
        long seed = System.nanoTime();
        List<Endpoint> shuffled = new ArrayList<>(endpoints(MANY));
        Collections.shuffle(shuffled, new Random(seed));

        Map<Endpoint, Integer> ids = EndpointIds.of(endpoints(MANY));
        Map<Endpoint, Integer> half = EndpointIds.of(endpoints(MANY / 2));

        assertThat(EndpointIds.of(shuffled)).as("seed %d", seed).isEqualTo(ids);
        assertThat(half.entrySet())
                .filteredOn(id -> !id.getValue().equals(ids.get(id.getKey())))
                .hasSizeLessThan(MANY / 100);
    }
}
