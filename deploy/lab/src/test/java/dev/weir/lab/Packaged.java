package dev.weir.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.cli.Session;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** The programs that the modules before this one built: tests of the whole system replace none. */
public final class Packaged {
    public static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    private Packaged() {}

    /** A session of theirs that prints where the test does; skips as {@link #environment}. */
    public static Session session(Path data) throws Exception {
        return session(environment(data));
    }

    /** A session that prints where the test does, and has nothing to read. */
    public static Session session(Map<String, String> environment) {
        return new Session(
                environment,
                InputStream.nullInputStream(),
                System.out,
                System.err,
                Clock.systemUTC());
    }

    /** Skips the test, and says why, where it cannot make network namespaces. */
    public static void needsRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "makes network namespaces: needs root");
    }

    /**
     * The environment of a {@code weir} that uses them. Skips the test, and says why, where it
     * cannot run.
     */
    public static Map<String, String> environment(Path data) throws Exception {
        needsRoot();
        for (String program :
                List.of(
                        "deploy/standalone/target/quarkus-app/quarkus-run.jar",
                        "deploy/service/target/quarkus-app/quarkus-run.jar",
                        "agent/app/target/quarkus-app/quarkus-run.jar",
                        "deploy/broker/target/lib")) {
            assumeTrue(
                    Files.exists(ROOT.resolve(program)),
                    "runs the packaged programs: package them first, " + program + " is missing");
        }
        Path shim = data.resolve("weir-cni");
        Process build =
                new ProcessBuilder(ROOT.resolve("agent/cni/build-shim").toString(), shim.toString())
                        .inheritIO()
                        .start();
        assertThat(build.waitFor()).as("build-shim").isZero();
        return Map.of(
                "WEIR_DATA", data.resolve("weir").toString(),
                "WEIR_LAUNCHER", ROOT.resolve("deploy/weir").toString(),
                "WEIR_CNI_SHIM", shim.toString(),
                "WEIR_DEMO", ROOT.resolve("deploy/demo").toString());
    }
}
