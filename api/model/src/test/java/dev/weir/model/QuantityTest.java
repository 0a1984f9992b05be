package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "4, 4000",
        "3920m, 3920",
        "0.5, 500",
        ".5, 500",
        "4., 4000",
        "0, 0",
        "1u, 1",
        "1n, 1",
        "2k, 2000000",
        "1Ki, 1024000",
        "1Mi, 1048576000",
        "16Gi, 2147483647",
        "1e2, 100000",
        "5E-3, 5",
        "3E, 2147483647",
        "-1, 0",
        "+1, 1000",
    })
    void isSoManyThousandths(String text, int millis) {
        assertThat(Quantity.parse(text).orElseThrow().millis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "m", ".", "4 ", "four", "4mm", "4ki", "1e999999999", "--1"})
    void othersAreNone(String text) {
        assertThat(Quantity.parse(text)).isEmpty();
    }
}
