package dev.weir.agent.nft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarksTest {

    @Test
    void aSlotIsNeverTakenForAJudgement() {
        for (int slot : new int[] {0, 1, 256, ServiceTable.MAX_ENDPOINTS}) {
            for (int bits : Generation.LASTING) {
                assertThat(Marks.generation(bits | slot)).isZero();
                assertThat(Marks.generation(bits | Marks.id(slot))).isZero();
                assertThat(Marks.unjudged(bits | slot)).isEqualTo(bits | slot);
            }
            assertThat(Marks.id(slot)).isGreaterThan(ServiceTable.MAX_ENDPOINTS);
        }
    }

    @Test
    void generationsGoRoundWithoutZero() {
        int generation = Marks.FIRST_GENERATION;
        for (int i = 1; i < Marks.LAST_GENERATION; i++) {
            generation = Marks.next(generation);
            assertThat(Marks.generation(Marks.judged(generation, Marks.SERVICE)))
                    .isEqualTo(generation);
        }
        assertThat(generation).isEqualTo(Marks.LAST_GENERATION);
        assertThat(Marks.next(generation)).isEqualTo(Marks.FIRST_GENERATION);
    }

    @Test
    void forgettingAJudgementKeepsTheService() {
        for (int bits : Generation.LASTING) {
            assertThat(Marks.unjudged(Marks.judged(7, bits))).isEqualTo(bits);
        }
        assertThat(Marks.unjudged(Marks.judged(7, 0))).isZero();
        assertThat(Marks.unjudged(0x40)).isEqualTo(0x40);
    }
}
