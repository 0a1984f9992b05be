package dev.weir.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The compiled shim, called as a runtime calls it. */
final class Shim {
    private static final int LIMIT_SECONDS = 30;

    private final Path binary;
    private final Path socket;
    private final Path queue;

    private Shim(Path binary, Path socket, Path queue) {
        this.binary = binary;
        this.socket = socket;
        this.queue = queue;
    }

    /** Skips the test where there is no C compiler. */
    static Shim build(Path directory, CniSettings settings)
            throws IOException, InterruptedException {
        assumeTrue(
                List.of("/usr/bin/musl-gcc", "/usr/bin/gcc").stream()
                        .anyMatch(p -> Files.exists(Path.of(p))),
                "needs a C compiler");
        Path binary = directory.resolve("weir-cni");
        TestNamespace.exec("./build-shim", binary.toString());
        return new Shim(binary, settings.socket(), settings.queue());
    }

    /** What came of a call. */
    record Result(int exit, String stdout) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(stdout);
        }
    }

    Result call(String command, String id, String netns) throws IOException, InterruptedException {
        return call(command, id, netns, "1.1.0", "");
    }

    Result call(String command, String id, String netns, String version, String args)
            throws IOException, InterruptedException {
        String config =
                """
                {"cniVersion":"%s","name":"weir","type":"weir-cni","socket":"%s","queue":"%s"}\
                """
                        .formatted(version, socket, queue);
        Process process = start(command, id, netns, config, args);
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("shim ended").isTrue();
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.exitValue(), stdout);
    }

    Process start(String command, String id, String netns, String config, String args)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(binary.toString());
        builder.environment().clear();
        builder.environment().put("CNI_COMMAND", command);
        builder.environment().put("CNI_CONTAINERID", id);
        builder.environment().put("CNI_NETNS", netns);
        builder.environment().put("CNI_IFNAME", "eth0");
        builder.environment().put("CNI_ARGS", args);
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(config.getBytes(StandardCharsets.UTF_8));
        }
        return process;
    }
}
