package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import dev.weir.lab.Packaged;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The long runs, made short; {@code -Dbench.churn=10000x10 -Dbench.seconds=300} and {@code
 * -Dbench.restarts=50} make them long. {@code -Dbench.seed} repeats one that failed, which names
 * its seed.
 */
class LongRunsTest {
    @TempDir Path data;

    private Sheet run(Benchmark benchmark, String sizes, int rounds) throws Exception {
        Session session = Packaged.session(data);
        Sheet sheet = new Sheet();
        benchmark.run(
                new Run(
                        session,
                        sheet,
                        Size.parse(sizes),
                        List.of(Family.IPV4),
                        rounds,
                        0,
                        Duration.ofSeconds(Integer.getInteger("bench.seconds", 15)),
                        Long.getLong("bench.seed", System.nanoTime())));
        return sheet;
    }

    private static double number(Sheet sheet, String unit) {
        return sheet.rows().stream()
                .filter(row -> row.unit().equals(unit))
                .mapToDouble(Sheet.Row::median)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Timeout(600)
    void whileEndpointsComeAndGoNoConnectionFailsAndNobodyRemovedAnswers() throws Exception {
        Sheet sheet = run(new Churn(), System.getProperty("bench.churn", "300x10"), 1);

        assertThat(number(sheet, Tally.WRONG)).isZero();
        assertThat(number(sheet, Tally.ANSWERED)).isPositive();
        assertThat(number(sheet, "changes")).isPositive();
    }

    @Test
    @Timeout(600)
    void whileAgentsEndAndStartNoConnectionFailsAndNoneIsCut() throws Exception {
        Sheet sheet = run(new Restarts(), "100x10", Integer.getInteger("bench.restarts", 3));

        assertThat(number(sheet, Tally.WRONG)).isZero();
        assertThat(number(sheet, Tally.ANSWERED)).isPositive();
    }
}
