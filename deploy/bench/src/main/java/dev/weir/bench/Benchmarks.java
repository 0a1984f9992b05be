package dev.weir.bench;

import dev.weir.cli.CliError;
import java.util.List;
import java.util.stream.Collectors;

/** All that can be measured. */
final class Benchmarks {
    static final List<Benchmark> ALL =
            List.of(
                    new ServicesLoad(),
                    new ServicesChange(),
                    new ServicesConnect(),
                    new AgentCost(),
                    new HttpProxies(),
                    new Churn(),
                    new Restarts());

    private Benchmarks() {}

    /** Throws CliError for an unknown one. */
    static Benchmark named(String name) {
        return ALL.stream()
                .filter(benchmark -> benchmark.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CliError(
                                        "no benchmark \""
                                                + name
                                                + "\", there are: "
                                                + ALL.stream()
                                                        .map(Benchmark::name)
                                                        .collect(Collectors.joining(", "))));
    }
}
