package dev.weir.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.cli.Session;
import dev.weir.lab.RunningLab;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the programs that the modules before this one built: nothing in it is replaced. */
class WholeSystemTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    @TempDir Path data;

    @Test
    @Timeout(240)
    void everyRowOfTheDemoIsAsExpected() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "makes network namespaces: needs root");
        assumeTrue(
                Files.exists(ROOT.resolve("deploy/standalone/target/quarkus-app/quarkus-run.jar"))
                        && Files.exists(
                                ROOT.resolve("agent/app/target/quarkus-app/quarkus-run.jar")),
                "runs the packaged programs: package deploy/standalone and agent/app first");
        Path shim = data.resolve("weir-cni");
        Process build =
                new ProcessBuilder(ROOT.resolve("agent/cni/build-shim").toString(), shim.toString())
                        .inheritIO()
                        .start();
        assertThat(build.waitFor()).as("build-shim").isZero();
        Session session =
                new Session(
                        Map.of(
                                "WEIR_LAUNCHER", ROOT.resolve("deploy/weir").toString(),
                                "WEIR_CNI_SHIM", shim.toString(),
                                "WEIR_DEMO", ROOT.resolve("deploy/demo").toString()),
                        InputStream.nullInputStream(),
                        System.out,
                        System.err,
                        Clock.systemUTC());

        try (RunningLab lab = new RunningLab(session, data)) {
            lab.up();
            List<Row> rows =
                    new Demo(lab, new Scripts(ROOT.resolve("deploy/demo")), step -> {}).run();

            assertThat(rows)
                    .isNotEmpty()
                    .allSatisfy(
                            row -> assertThat(row.got()).as(row.what()).isEqualTo(row.expected()));
        }
    }
}
