package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpusTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|1", "0-3|4", "0-3,6|5", "1,3,5-6|4", "0-127|128"})
    void countsWhatTheKernelLists(String list, int count) {
        assertThat(Cpus.count(list)).isEqualTo(count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0-", "-1", "3-1", "a", "0,,1"})
    void anythingElseIsNoList(String list) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cpus.count(list));
    }

    @Test
    void thisMachineHasSome() {
        assertThat(Cpus.online()).isBetween(1, 100_000);
    }
}
