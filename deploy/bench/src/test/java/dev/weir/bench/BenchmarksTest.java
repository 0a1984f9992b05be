package dev.weir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.cli.Session;
import dev.weir.lab.Packaged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Benchmarks run, measure everybody, and leave nothing. What they measure is no test's affair. */
@Timeout(120)
class BenchmarksTest {
    private static Sheet run(Benchmark benchmark, String sizes, int rounds) throws Exception {
        Packaged.needsRoot();
        Session session = Packaged.session(Map.of());
        Sheet sheet = new Sheet();
        benchmark.run(
                new Run(
                        session,
                        sheet,
                        Size.parse(sizes),
                        List.of(Family.values()),
                        rounds,
                        1_000,
                        Duration.ofSeconds(5),
                        1));
        assertThat(namespaces()).isEmpty();
        return sheet;
    }

    private static List<String> inBoth(String size, List<String> who) {
        return Stream.of("IPv4", "IPv6")
                .flatMap(family -> who.stream().map(name -> size + " " + family + " " + name))
                .toList();
    }

    private static List<String> namespaces() throws Exception {
        try (Stream<Path> all = Files.list(Path.of("/run/netns"))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("wb-" + ProcessHandle.current().pid()))
                    .toList();
        }
    }

    @Test
    void everybodyLoadsTheSameServices() throws Exception {
        Sheet sheet = run(new ServicesLoad(), "20x3", 2);
        List<String> all =
                List.of("weir", "weir with start", "chain per endpoint", "chain per Service");

        assertThat(sheet.rows())
                .filteredOn(row -> row.unit().equals("CPU s"))
                .allSatisfy(row -> assertThat(row.rounds()).isEqualTo(2))
                .extracting(row -> row.what() + " " + row.who())
                .containsExactlyElementsOf(inBoth("20 x 3", all));
    }

    /** More changes than Services: what replaced an endpoint is replaced itself. */
    @Test
    void everybodyReplacesTheSameEndpoints() throws Exception {
        Sheet sheet = run(new ServicesChange(), "20x3,30x3", 2);

        assertThat(sheet.rows())
                .filteredOn(row -> row.unit().equals("CPU ms"))
                .hasSize(2 * 2 * 2 * 3)
                .allSatisfy(row -> assertThat(row.median()).isPositive());
    }

    @Test
    void everybodyLeadsToEndpointsThatAnswer() throws Exception {
        Sheet sheet = run(new ServicesConnect(), "10x2", 1);
        List<String> all =
                List.of(
                        "direct",
                        "direct, tracked",
                        "weir",
                        "weir, no second lock",
                        "weir, translating only",
                        "chain per endpoint",
                        "chain per Service");

        assertThat(sheet.rows())
                .filteredOn(row -> row.unit().equals("connections/s"))
                .allSatisfy(row -> assertThat(row.median()).isPositive())
                .extracting(row -> row.what() + " " + row.who())
                .containsExactlyElementsOf(inBoth("10 x 2", all));
    }

    @Test
    void everyProxyThatIsInstalledPassesRequestsOn() throws Exception {
        assumeTrue(
                Stream.of("nginx", "wrk", "openssl").allMatch(HttpProxies::isInstalled),
                "nginx, wrk and openssl are not all installed");

        Sheet sheet = run(new HttpProxies(Duration.ofMillis(300), 0), "20x2", 1);

        List<String> small =
                Stream.of("haproxy", "nginx", "weir")
                        .filter(who -> who.equals("weir") || HttpProxies.isInstalled(who))
                        .toList();
        assertThat(sheet.rows())
                .filteredOn(row -> row.unit().equals("requests/s"))
                .allSatisfy(row -> assertThat(row.median()).isPositive())
                .extracting(row -> row.what() + " " + row.who())
                .containsAll(
                        Stream.of("100 B", "100 B, TLS", "100 B, TLS, new connections")
                                .flatMap(what -> small.stream().map(who -> what + " " + who))
                                .toList())
                .contains("1 MiB weir", "1 MiB, TLS weir", "100 B, first seconds weir");
        assertThat(sheet.notes()).noneMatch(note -> note.contains("connections failed"));
    }
}
