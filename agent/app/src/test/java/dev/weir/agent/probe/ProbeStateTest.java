package dev.weir.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Probe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeStateTest {
    private static Probe probe(int successes, int failures) {
        return Probe.newBuilder()
                .setSuccessThreshold(successes)
                .setFailureThreshold(failures)
                .build();
    }

    /** Results are + and -, readiness after each is R and n. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, +,          R",
        "1, 3, -----,      nnnnn",
        "1, 3, +--,        RRR",
        "1, 3, +---,       RRRn",
        "1, 3, +--+---,    RRRRRRn",
        "1, 3, +---+,      RRRnR",
        "2, 1, +,          n",
        "2, 1, ++,         nR",
        "2, 1, +-++,       nnnR",
        "2, 1, ++-+-++,    nRnnnnR",
        "3, 2, +++--+++,   nnRRnnnR",
        "0, 0, +--,        RRR",
        "0, 0, +---,       RRRn",
        "0, 0, +---+,      RRRnR"
    })
    void readinessChangesAfterSoManyResultsInARow(
            int successes, int failures, String results, String readiness) {
        ProbeState state = ProbeState.INITIAL;
        StringBuilder seen = new StringBuilder();

        for (char result : results.toCharArray()) {
            state = state.after(result == '+', probe(successes, failures));
            seen.append(state.ready() ? 'R' : 'n');
        }

        assertThat(seen).hasToString(readiness);
    }

    @Test
    void aPodIsNotReadyBeforeItsProbeSaidSo() {
        assertThat(ProbeState.INITIAL.ready()).isFalse();
    }
}
