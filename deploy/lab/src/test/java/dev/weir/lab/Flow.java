package dev.weir.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * A cell of {@code flows.txt}: what becomes of a new connection.
 *
 * @param address which kind of address of the Service is used
 * @param policy the traffic policy that counts for it
 * @param endpoints what is there
 * @param source who asks
 * @param expected {@code A=}, {@code A~}, the same with B, REJECT or DROP
 */
record Flow(
        String address, String policy, String endpoints, String source, TreeSet<String> expected) {
    static final String REJECT = "REJECT";
    static final String DROP = "DROP";

    private static final int BEFORE_SOURCES = 3;

    static List<Flow> all() throws IOException {
        List<Flow> flows = new ArrayList<>();
        List<String> sources = List.of();
        for (String line : lines()) {
            List<String> cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
            List<String> columns = cells.subList(BEFORE_SOURCES, cells.size());
            if (sources.isEmpty()) {
                sources = columns;
                continue;
            }
            for (int i = 0; i < columns.size(); i++) {
                flows.add(
                        new Flow(
                                cells.get(0),
                                cells.get(1),
                                cells.get(2),
                                sources.get(i),
                                new TreeSet<>(List.of(columns.get(i).split(" ")))));
            }
        }
        return flows;
    }

    private static List<String> lines() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(Flow.class.getResourceAsStream("flows.txt"), "flows.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        }
    }

    boolean isAnswered() {
        return !expected.contains(REJECT) && !expected.contains(DROP);
    }

    /** The Service of this flow. */
    String service() {
        return (policy + "-" + endpoints).toLowerCase(java.util.Locale.ROOT);
    }
}
