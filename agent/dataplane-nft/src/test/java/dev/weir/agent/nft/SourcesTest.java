package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Cidr;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourcesTest {
    private static List<Cidr> ranges(String... texts) {
        return List.of(texts).stream().map(Cidr::of).toList();
    }

    @Test
    void theSameClientsHaveTheSameChain() {
        String name = Sources.name(false, ranges("10.0.0.0/8", "192.0.2.0/24"));

        assertThat(Sources.name(false, ranges("192.0.2.0/24", "10.0.0.0/8"))).isEqualTo(name);
        assertThat(Sources.name(false, ranges("192.0.2.0/24", "10.0.0.0/8", "10.1.0.0/16")))
                .as("one in another")
                .isEqualTo(name);
        assertThat(Sources.name(false, ranges("10.0.0.0/8"))).isNotEqualTo(name);
    }

    @Test
    void noRangesAndTheRangeOfAllAreNoLimit() {
        assertThat(Sources.chain(false, List.of())).isEmpty();
        assertThat(Sources.chain(false, ranges("0.0.0.0/0", "10.0.0.0/8"))).isEmpty();
        assertThat(Sources.chain(true, ranges("::/0"))).isEmpty();
    }

    @Test
    void rangesOfTheOtherFamilyLetInNobody() {
        assertThat(Sources.chain(true, ranges("10.0.0.0/8")).orElseThrow().rules())
                .containsExactly("counter name unlisted drop");
        assertThat(Sources.chain(true, ranges("0.0.0.0/0"))).isPresent();
    }
}
