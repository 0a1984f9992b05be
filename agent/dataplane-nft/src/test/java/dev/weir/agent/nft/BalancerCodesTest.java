package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalancerCodesTest {
    @Test
    void everyChainHasANumberOfItsOwnThatIsNoMarkOfAConnection() {
        BalancerCodes codes = new BalancerCodes();
        Set<Integer> given = new HashSet<>();
        for (int i = 1; i <= 100_000; i++) {
            int code = codes.of("lb4-" + i);
            assertThat(given.add(code)).as("lb4-%d", i).isTrue();
            assertThat(code & Marks.SERVICE).isZero();
            assertThat(codes.chain(code)).contains("lb4-" + i);
        }
        assertThat(given).doesNotContain(codes.of(Layout.NO_ENDPOINTS), codes.of(Layout.WITHHELD));
    }

    @Test
    void aNumberIsFreeWhenItsChainIsGone() {
        BalancerCodes codes = new BalancerCodes();
        int code = codes.of("lb4-3");

        codes.forget("lb4-3");

        assertThat(codes.chain(code)).isEmpty();
        assertThat(codes.of("lb4-3")).isEqualTo(code);
    }

    @Test
    void whatIsFoundIsTakenOverUnlessItContradictsTheFixedNumbersOrItself() {
        BalancerCodes codes =
                BalancerCodes.found(
                        Map.of(1, "lb4-1", 100, "lb4-2", 101, "withheld", 102, "judge-pod"));

        assertThat(codes.all())
                .containsOnly(
                        Map.entry(1, "no-endpoints"),
                        Map.entry(2, "withheld"),
                        Map.entry(100, "lb4-2"));
    }
}
