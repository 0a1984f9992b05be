package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.cli.CliError;
import org.junit.jupiter.api.Test;

class SheetTest {
    @Test
    void aRatioIsTheMedianOfTheRatiosRoundByRound() {
        Sheet sheet = new Sheet();
        double[] ours = {1, 10, 100};
        double[] theirs = {2, 30, 200};
        for (int round = 0; round < ours.length; round++) {
            sheet.add("load", "ours", "s", ours[round]);
            sheet.add("load", "theirs", "s", theirs[round]);
        }

        assertThat(sheet.rows())
                .containsExactly(
                        new Sheet.Row("load", "ours", "s", 3, 10, 1, 100, 1),
                        new Sheet.Row("load", "theirs", "s", 3, 30, 2, 200, 2));
    }

    @Test
    void onlyFiguresOfOneKindAreCompared() {
        Sheet sheet = new Sheet();
        sheet.add("load", "ours", new Cost(0, 1, 2));
        sheet.add("change", "theirs", "CPU s", 7);

        assertThat(sheet.rows()).extracting(Sheet.Row::ratio).containsOnly(Double.NaN);
        assertThat(sheet.median("load", "ours", "kernel s")).isEqualTo(1);
        assertThat(sheet.median("load", "theirs", "kernel s")).isNaN();
    }

    @Test
    void aQuantileIsOneOfTheSample() {
        double[] sample = {5, 1, 4, 2, 3};

        assertThat(Quantile.of(sample, 0)).isEqualTo(1);
        assertThat(Quantile.of(sample, 0.5)).isEqualTo(3);
        assertThat(Quantile.of(sample, 0.99)).isEqualTo(5);
        assertThat(sample).startsWith(5);
    }

    @Test
    void sizesAreServicesTimesEndpoints() {
        assertThat(Size.parse("10x2,5000x50"))
                .containsExactly(new Size(10, 2), new Size(5_000, 50));
        for (String wrong : new String[] {"", "10", "0x1", "10x0", "10x2,", "1x1001", "x"}) {
            assertThatThrownBy(() -> Size.parse(wrong)).as(wrong).isInstanceOf(CliError.class);
        }
    }
}
