package dev.weir.bench;

import dev.weir.cli.CliError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Network namespaces and files of one run; all gone when it is closed. */
final class Workplace implements AutoCloseable {
    /** Loading 100,000 chains in one transaction takes the kernel a quarter of an hour, or more. */
    private static final Duration LIMIT = Duration.ofHours(1);

    private static final Path NAMESPACES = Path.of("/run/netns");

    private final String prefix = "wb-" + ProcessHandle.current().pid() + "-";
    private final Path directory = Files.createTempDirectory("weir-bench-");
    private final CleanUp cleanUp;
    private int made;

    Workplace() throws IOException {
        this.cleanUp = new CleanUp(directory, this::deleteNamespaces);
    }

    Path directory() {
        return directory;
    }

    /** A new namespace, with its loopback up. Its name. */
    String namespace(String label) throws IOException, InterruptedException {
        String name = prefix + ++made + "-" + label;
        run(List.of("ip", "netns", "add", name), "");
        ip(name, List.of("link set lo up"));
        return name;
    }

    /** With what still runs in it. */
    void delete(String namespace) throws IOException, InterruptedException {
        for (String pid : run(List.of("ip", "netns", "pids", namespace), "").lines().toList()) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
        run(List.of("ip", "netns", "del", namespace), "");
    }

    /** Lines of {@code ip -batch}, inside. */
    void ip(String namespace, List<String> lines) throws IOException, InterruptedException {
        run(List.of("ip", "-n", namespace, "-batch", "-"), String.join("\n", lines) + "\n");
    }

    /** The command, to be run inside. */
    static List<String> inside(String namespace, List<String> command) {
        List<String> all =
                new ArrayList<>(List.of("nsenter", "--net=" + NAMESPACES + "/" + namespace));
        all.addAll(command);
        return all;
    }

    /** Has nft read the file inside; what the nft process took. */
    Cost nft(String namespace, Path file) throws IOException, InterruptedException {
        List<String> timed =
                List.of(
                        "bash",
                        "-c",
                        "TIMEFORMAT='%U %S %R'; time nft -f \"$1\"",
                        "nft",
                        file.toString());
        return Cost.parse(run(inside(namespace, timed), "").lines().reduce((a, b) -> b).orElse(""));
    }

    /** Runs a program to its end; what it printed. Throws CliError when it fails. */
    String run(List<String> command, String input) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output-", "");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new CliError(command + " did not end within " + LIMIT.toHours() + "h");
            }
            String text = Files.readString(output);
            if (process.exitValue() != 0) {
                throw new CliError(String.join(" ", command) + ": " + text.strip());
            }
            return text;
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        cleanUp.close();
    }

    private void deleteNamespaces() throws IOException, InterruptedException {
        if (Files.isDirectory(NAMESPACES)) {
            try (Stream<Path> all = Files.list(NAMESPACES)) {
                for (Path path : all.toList()) {
                    String name = path.getFileName().toString();
                    if (name.startsWith(prefix)) {
                        delete(name);
                    }
                }
            }
        }
    }
}
