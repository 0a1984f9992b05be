package dev.weir.bench;

import dev.weir.cli.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A proxy or a backend, as a process of its own in a namespace. */
final class HttpServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    /** A socket that listens on a port, in {@code /proc/PID/net/tcp}. */
    private static final String LISTENS = ":%04X 0+:0000 0A ";

    private final Process process;
    private final Path output;

    private HttpServer(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Returns when the port is listened on.
     *
     * @param own directory for what it prints
     */
    static HttpServer start(
            String namespace, String cores, List<String> command, Path own, int port)
            throws IOException, InterruptedException {
        Path output = own.resolve("output.log");
        HttpServer server =
                new HttpServer(
                        new ProcessBuilder(Cores.on(cores, Workplace.inside(namespace, command)))
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start(),
                        output);
        try {
            server.await(port);
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void await(int port) throws IOException, InterruptedException {
        Pattern listener = Pattern.compile(String.format(Locale.ROOT, LISTENS, port));
        long end = System.nanoTime() + LIMIT.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            // Before it has entered its namespace this is the host's.
            if (isInside()
                    && (listener.matcher(read("net/tcp")).find()
                            || listener.matcher(read("net/tcp6")).find())) {
                return;
            }
            Thread.sleep(POLL);
        }
        throw new CliError(
                "no port %d within %d s: %s"
                        .formatted(port, LIMIT.toSeconds(), Files.readString(output).strip()));
    }

    private String read(String file) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(process.pid())).resolve(file));
    }

    private boolean isInside() throws IOException {
        Path own = Path.of("/proc/self/ns/net");
        Path its = Path.of("/proc", Long.toString(process.pid()), "ns", "net");
        return !Files.readSymbolicLink(own).equals(Files.readSymbolicLink(its));
    }

    /** Of the whole process until now. */
    Cost used() throws IOException {
        return Cost.of(Long.toString(process.pid()));
    }

    /** Resident, in MiB. */
    double memory() throws IOException {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.split(" +")[1].strip()) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
