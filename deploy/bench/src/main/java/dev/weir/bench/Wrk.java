package dev.weir.bench;

import dev.weir.cli.CliError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The load generator, in a namespace, on cores of its own. */
record Wrk(Workplace place, String namespace, String cores, HttpScene scene, long seed) {
    static final int CONNECTIONS = 64;

    /** Longer than any turn: it is told when to stop, as it counts in whole seconds. */
    private static final String LENGTH = "1h";

    /** A turn without an answer is tried again with a longer one, up to this. */
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private static final String MARK = "weir-bench ";

    /**
     * Hosts in an order of chance. The last line is what {@link #load} reads: requests, bytes, p99
     * in us, errors of HTTP, errors of connections.
     */
    private static final String SCRIPT =
            """
            local requests, at = {}, 0
            function init(args)
              math.randomseed(%d)
              for i = 1, %d do
                requests[i] = wrk.format("GET", "%s", {Host = "host-" .. i .. ".example.com"%s})
                local j = math.random(i)
                requests[i], requests[j] = requests[j], requests[i]
              end
            end
            function request()
              at = at %% #requests + 1
              return requests[at]
            end
            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("%s%%d %%d %%d %%d %%d\\n", summary.requests, summary.bytes,
                latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
            end
            """;

    /**
     * What came of a turn.
     *
     * @param p99 in microseconds
     * @param failed connections that could not be made or broke
     */
    record Answers(long requests, double p99, long failed) {}

    /**
     * Asks for a while. Throws CliError when an answer is not what it should be.
     *
     * @param often whether each request has a connection of its own
     */
    Answers load(boolean tls, int port, String path, boolean often, Duration turn)
            throws IOException, InterruptedException {
        Path script =
                Files.writeString(
                        place.directory().resolve("wrk.lua"),
                        SCRIPT.formatted(
                                seed & Integer.MAX_VALUE,
                                scene.size().services(),
                                path,
                                often ? ", Connection = \"close\"" : "",
                                MARK));
        List<String> command =
                List.of(
                        "timeout",
                        "--foreground",
                        "--preserve-status",
                        "-s",
                        "INT",
                        String.format(Locale.ROOT, "%.3f", turn.toMillis() / 1e3),
                        "wrk",
                        "-t",
                        "1",
                        "-c",
                        Integer.toString(CONNECTIONS),
                        "-d",
                        LENGTH,
                        "--timeout",
                        "10s",
                        "-s",
                        script.toString(),
                        (tls ? "https://" : "http://") + "localhost:" + port + path);
        String output = place.run(Cores.on(cores, Workplace.inside(namespace, command)), "");
        int from = output.indexOf(MARK);
        if (from < 0) {
            throw new CliError("wrk: " + output.strip());
        }
        String[] fields = output.substring(from + MARK.length()).strip().split(" ");
        long requests = Long.parseLong(fields[0]);
        long bytes = Long.parseLong(fields[1]);
        if (requests == 0 && turn.compareTo(LONGEST) < 0) {
            return load(tls, port, path, often, turn.multipliedBy(4));
        }
        long least = path.equals(HttpScene.LARGE) ? HttpScene.LARGE_BYTES : HttpScene.SMALL_BYTES;
        if (requests == 0 || !fields[3].equals("0") || bytes < requests * least) {
            throw new CliError("not what was asked for: " + output.strip());
        }
        return new Answers(requests, Double.parseDouble(fields[2]), Long.parseLong(fields[4]));
    }
}
