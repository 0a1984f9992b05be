package dev.weir.bench;

import dev.weir.cli.CliError;
import dev.weir.cli.CompactJson;
import dev.weir.cli.Session;
import dev.weir.cli.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures, and says beside whom. */
@Command(
        name = "bench",
        description = "benchmarks side by side with peers, and long runs under load; needs root")
final class BenchCommand implements Callable<Integer> {
    /** Peers' loads grow with the square of their chains; bearable up to here. */
    static final int DEFAULT_PEER_LIMIT = 10_000;

    private final Session session;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "see --list")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "what there is, and with which sizes")
    private boolean list;

    @Option(
            names = "--size",
            paramLabel = "SERVICESxENDPOINTS,...",
            defaultValue = "",
            description = "instead of the benchmark's own")
    private String size = "";

    @Option(
            names = "--family",
            paramLabel = "FAMILY",
            defaultValue = "both",
            description = "ipv4, ipv6 or both (${DEFAULT-VALUE}), of services-*")
    private String family = "";

    @Option(names = "--rounds", defaultValue = "0", description = "instead of its own")
    private int rounds;

    @Option(
            names = "--peer-limit",
            paramLabel = "CHAINS",
            defaultValue = "" + DEFAULT_PEER_LIMIT,
            description =
                    "peers that need more are left out (${DEFAULT-VALUE}): their time grows with"
                            + " the square")
    private int peerLimit;

    @Option(
            names = "--seconds",
            defaultValue = "300",
            description = "length of a long run (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--seed", defaultValue = "0", description = "of what is chosen by chance")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "",
            description = "json: one line for each figure")
    private String output = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "keeps NAME.json and NAME.txt there too")
    private @Nullable Path out;

    BenchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (list || names.isEmpty()) {
            session.out().print(new Table().format(listing()));
            return 0;
        }
        if (!output.isEmpty() && !output.equals("json")) {
            throw new CliError("unable to match a printer for the output format: " + output);
        }
        if (rounds < 0 || seconds < 1) {
            throw new CliError("--rounds and --seconds are numbers above 0");
        }
        List<Benchmark> chosen = names.stream().map(Benchmarks::named).toList();
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new CliError("benchmarks make network namespaces: they need root");
        }
        for (Benchmark benchmark : chosen) {
            measure(benchmark);
        }
        return 0;
    }

    private static List<List<String>> listing() {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("NAME", "SIZES", "ROUNDS", "WHAT"));
        for (Benchmark benchmark : Benchmarks.ALL) {
            table.add(
                    List.of(
                            benchmark.name(),
                            benchmark.defaultSizes(),
                            Integer.toString(benchmark.defaultRounds()),
                            benchmark.description()));
        }
        return table;
    }

    private void measure(Benchmark benchmark) throws IOException, InterruptedException {
        Sheet sheet = new Sheet();
        Run run =
                new Run(
                        session,
                        sheet,
                        Size.parse(size.isEmpty() ? benchmark.defaultSizes() : size),
                        Family.parse(family),
                        rounds > 0 ? rounds : benchmark.defaultRounds(),
                        peerLimit,
                        Duration.ofSeconds(seconds),
                        seed != 0 ? seed : System.nanoTime());
        Machine before = Machine.now();
        benchmark.run(run);
        sheet.note(Machine.between(before, Machine.now()));
        String table =
                new Table().format(sheet.table()) + "\n" + String.join("\n", sheet.notes()) + "\n";
        String json = json(benchmark.name(), sheet);
        session.out().print(output.equals("json") ? json : benchmark.name() + "\n\n" + table);
        session.out().flush();
        if (out != null) {
            Files.createDirectories(out);
            Files.writeString(out.resolve(benchmark.name() + ".json"), json);
            Files.writeString(out.resolve(benchmark.name() + ".txt"), table);
        }
    }

    private static String json(String name, Sheet sheet) {
        StringBuilder lines = new StringBuilder();
        for (Sheet.Row row : sheet.rows()) {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("benchmark", name);
            tree.put("what", row.what());
            tree.put("who", row.who());
            tree.put("unit", row.unit());
            tree.put("rounds", row.rounds());
            tree.put("median", row.median());
            tree.put("min", row.min());
            tree.put("max", row.max());
            if (!Double.isNaN(row.ratio())) {
                tree.put("ratio", row.ratio());
            }
            lines.append(CompactJson.of(tree)).append('\n');
        }
        return lines.toString();
    }
}
