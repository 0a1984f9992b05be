package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cli.Session;
import dev.weir.cli.Table;
import dev.weir.lab.Packaged;
import dev.weir.lab.RunningLab;
import dev.weir.lab.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same job as four services on Kafka, with the programs that were packaged. */
class DistributedDemoTest {
    @TempDir Path data;

    @Test
    @Timeout(420)
    void everyRowOfTheDemoIsAsExpectedAndNothingStays() throws Exception {
        Session session = Packaged.session(data);
        RunningLab lab = new RunningLab(session, data, Shape.DISTRIBUTED, true);

        List<Row> rows;
        try (lab) {
            lab.up();
            Demo demo =
                    new Demo(lab, new Scripts(Packaged.ROOT.resolve("deploy/demo")), step -> {});
            rows = demo.run();
            System.out.print(new Table().format(Outages.table(demo.outages())));
        }

        assertThat(rows)
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.got()).as(row.what()).isEqualTo(row.expected()));
        assertThat(lab.leftovers()).isEmpty();
    }
}
