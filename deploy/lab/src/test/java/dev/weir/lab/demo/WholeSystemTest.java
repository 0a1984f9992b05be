package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import dev.weir.lab.Packaged;
import dev.weir.lab.RunningLab;
import dev.weir.lab.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the programs that the modules before this one built: nothing in it is replaced. */
class WholeSystemTest {
    private static final Pattern COUNTED =
            Pattern.compile(
                    "weir_service_connections_total\\{namespace=\"default\","
                            + "service=\"my-app-service\",.*} [1-9][0-9]*");

    @TempDir Path data;

    /** Asked for by a host outside, as a collector would. */
    private static List<String> metrics(RunningLab lab, int node) {
        RunningLab.Answer answer =
                lab.outside(
                        List.of(
                                "curl",
                                "--silent",
                                "--show-error",
                                "--max-time",
                                "10",
                                "http://" + RunningLab.nodeAddress(node) + ":10256/metrics"));
        assertThat(answer.code()).as(answer.err()).isZero();
        return answer.out().lines().toList();
    }

    @Test
    @Timeout(240)
    void everyRowOfTheDemoIsAsExpected() throws Exception {
        Session session = Packaged.session(data);

        try (RunningLab lab = new RunningLab(session, data, Shape.STANDALONE, true)) {
            lab.up();
            List<Row> rows =
                    new Demo(lab, new Scripts(Packaged.ROOT.resolve("deploy/demo")), step -> {})
                            .run();

            assertThat(rows)
                    .isNotEmpty()
                    .allSatisfy(
                            row -> assertThat(row.got()).as(row.what()).isEqualTo(row.expected()));
            assertThat(metrics(lab, 1))
                    .as("what node-1 counted of the client's connections, over its agent's death")
                    .anyMatch(line -> COUNTED.matcher(line).matches());
        }
    }
}
