package dev.weir.lab.demo;

import dev.weir.lab.Shape;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The distributed shape: each process is killed while requests run and a client keeps writing what
 * the process, or who depends on it, takes care of. What was acknowledged has to be there
 * afterwards, and changes have to reach packets again.
 */
final class Outages {
    /** Of the words of a refusal in the table. */
    private static final int WIDTH = 60;

    private final Rows rows;
    private final Tries tries;
    private final Kills kills;
    private final List<Outage> outages = new ArrayList<>();

    Outages(Rows rows, Tries tries, Kills kills) {
        this.rows = rows;
        this.tries = tries;
        this.kills = kills;
    }

    /** What was written while a process was away. */
    record Outage(String role, Sample sample, WriteReport writes) {}

    private interface Rest {
        void rows() throws IOException, InterruptedException;
    }

    List<Outage> all() {
        return List.copyOf(outages);
    }

    void controlPlane() throws IOException, InterruptedException {
        during("control-plane", Sample.NAMESPACE, kills::controlPlane);
    }

    void others() throws IOException, InterruptedException {
        outage("endpoint-service", Sample.SERVICE);
        changed("web-1 loses its label", "web-2", () -> relabel(Map.of("app", "other")));
        changed("web-1 gets it back", "web-1 web-2", () -> relabel(Demo.MY_APP));
        outage("policy-service", Sample.NETWORK_POLICY);
        changed("deny-all-ingress", "blocked", tries::denyAll);
        outage("dns-service", Sample.SERVICE);
        changed(
                "a new Service's name",
                "10.96.0.77",
                () -> {
                    tries.apply(tries.file("late"));
                    return tries.lookUp("late-service");
                });
        outage(Shape.BROKER, Sample.SERVICE);
        changed("deny-all-ingress", "blocked", tries::denyAll);
    }

    private String relabel(Map<String, String> labels) throws IOException {
        return tries.relabel("web-1", labels);
    }

    private void changed(String what, String expected, Rows.Attempt attempt)
            throws IOException, InterruptedException {
        rows.add("a change after it is back: " + what, Tries.CLIENT, expected, attempt);
    }

    private void outage(String role, Sample sample) throws IOException, InterruptedException {
        during(role, sample, () -> kills.process(role));
    }

    private void during(String role, Sample sample, Rest rest)
            throws IOException, InterruptedException {
        try (Writes writes = new Writes(tries.lab(), sample, "during-" + role)) {
            boolean before = writes.awaitMore();
            rest.rows();
            rows.add(
                    sample.kind().plural() + " acknowledged while the " + role + " is away",
                    "host",
                    "all there",
                    () -> {
                        boolean after = writes.awaitMore();
                        WriteReport report = writes.end();
                        outages.add(new Outage(role, sample, report));
                        return before && after
                                ? report.verdict(writes.there())
                                : "none acknowledged " + (before ? "afterwards" : "before");
                    });
        }
    }

    /** Who was away, what was tried meanwhile, and what came of it. */
    static List<List<String>> table(List<Outage> outages) {
        List<List<String>> table = new ArrayList<>();
        table.add(
                List.of(
                        "KILLED",
                        "WROTE",
                        "TRIED",
                        "ACKNOWLEDGED",
                        "REFUSED",
                        "LONGEST",
                        "REFUSAL"));
        for (Outage outage : outages) {
            WriteReport writes = outage.writes();
            table.add(
                    List.of(
                            outage.role(),
                            outage.sample().kind().plural(),
                            Integer.toString(writes.tried()),
                            Integer.toString(writes.acknowledged().size()),
                            Integer.toString(writes.refusals().size()),
                            seconds(writes.longest()),
                            shortened(writes.commonest())));
        }
        return table;
    }

    private static String shortened(String words) {
        return words.isEmpty()
                ? "<none>"
                : words.length() <= WIDTH ? words : words.substring(0, WIDTH) + "...";
    }

    private static String seconds(Duration time) {
        return "%.1f s".formatted(time.toMillis() / 1000.0);
    }
}
