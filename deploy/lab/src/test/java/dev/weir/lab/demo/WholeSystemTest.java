package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import dev.weir.lab.Packaged;
import dev.weir.lab.RunningLab;
import dev.weir.lab.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the programs that the modules before this one built: nothing in it is replaced. */
class WholeSystemTest {
    @TempDir Path data;

    @Test
    @Timeout(240)
    void everyRowOfTheDemoIsAsExpected() throws Exception {
        Session session = Packaged.session(data);

        try (RunningLab lab = new RunningLab(session, data, Shape.STANDALONE)) {
            lab.up();
            List<Row> rows =
                    new Demo(lab, new Scripts(Packaged.ROOT.resolve("deploy/demo")), step -> {})
                            .run();

            assertThat(rows)
                    .isNotEmpty()
                    .allSatisfy(
                            row -> assertThat(row.got()).as(row.what()).isEqualTo(row.expected()));
        }
    }
}
