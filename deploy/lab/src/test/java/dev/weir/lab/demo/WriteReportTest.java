package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.lab.demo.WriteReport.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WriteReportTest {
    private static final Refusal CLEAR = new Refusal(true, "no writer");

    private static WriteReport report(List<String> acknowledged, Refusal... refusals) {
        return new WriteReport(
                acknowledged.size() + refusals.length,
                acknowledged,
                List.of(refusals),
                Duration.ofSeconds(1));
    }

    @Test
    void whatWasNeverAcknowledgedMayBeThereOrNot() {
        assertThat(report(List.of("a", "b"), CLEAR).verdict(Set.of("a", "b", "c")))
                .isEqualTo("all there");
    }

    @Test
    void aLostWriteIsNeverHidden() {
        assertThat(report(List.of("a", "c", "b")).verdict(Set.of("a")))
                .isEqualTo("2 lost of 3, first: b");
    }

    @Test
    void aRefusalNeedsAReason() {
        assertThat(
                        report(List.of("a"), CLEAR, new Refusal(false, "CANCELLED"))
                                .verdict(Set.of("a")))
                .isEqualTo("refused without a reason: CANCELLED");
    }

    @Test
    void nothingAcknowledgedIsNothingShown() {
        assertThat(report(List.of(), CLEAR).verdict(Set.of())).isEqualTo("none acknowledged");
    }

    @Test
    void theCommonestRefusalIsShown() {
        Refusal other = new Refusal(true, "nobody listens");

        assertThat(report(List.of(), CLEAR, other, other).commonest()).isEqualTo("nobody listens");
        assertThat(report(List.of("a")).commonest()).isEmpty();
    }

    @Test
    void samplesOfEveryKindAreNamed() {
        for (Sample sample : Sample.values()) {
            assertThat(Sample.nameOf(sample.named("x"))).isEqualTo("x");
        }
    }
}
