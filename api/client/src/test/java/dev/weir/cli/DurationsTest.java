package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    /** The table of apimachinery's own test. */
    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1s",
        "70, 70s",
        "190, 3m10s",
        "180, 3m",
        "2820, 47m",
        "10200, 170m",
        "10860, 3h1m",
        "25200, 7h",
        "28860, 8h",
        "172800, 2d",
        "180000, 2d2h",
        "691200, 8d",
        "63072000, 2y",
        "63158400, 2y1d",
        "252288000, 8y",
        "-2, <invalid>"
    })
    void agesAreKubectls(long seconds, String shown) {
        assertThat(Durations.show(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    void durationsAreGos() {
        assertThat(Durations.parse("1m30s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Durations.parse("200ms")).isEqualTo(Duration.ofMillis(200));
        assertThat(Durations.parse("0")).isZero();
        assertThatThrownBy(() -> Durations.parse("30")).isInstanceOf(CliError.class);
        assertThatThrownBy(() -> Durations.parse("5s!")).isInstanceOf(CliError.class);
    }
}
