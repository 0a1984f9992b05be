package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU of a process by thread name, since it started, in seconds. Numbers in names are left out, so
 * that a pool is one. Threads that have ended are missing.
 */
record ProcessCpu(Map<String, Double> threads) {
    ProcessCpu {
        threads = Map.copyOf(threads);
    }

    static ProcessCpu of(long pid) throws IOException {
        Map<String, Double> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    String name =
                            Files.readString(task.resolve("comm")).strip().replaceAll("[0-9]+", "");
                    long nanos =
                            Long.parseLong(
                                    Files.readString(task.resolve("schedstat")).split(" ")[0]);
                    threads.merge(name, nanos / 1e9, Double::sum);
                } catch (IOException _) {
                    // It has just ended.
                }
            }
        }
        return new ProcessCpu(threads);
    }

    double total() {
        return threads.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    ProcessCpu since(ProcessCpu earlier) {
        Map<String, Double> spent = new TreeMap<>();
        threads.forEach(
                (name, cpu) -> spent.put(name, cpu - earlier.threads.getOrDefault(name, 0.0)));
        return new ProcessCpu(spent);
    }

    /** Who used most, in parts of a hundred. */
    String shares() {
        double all = Math.max(total(), 1e-9);
        return threads.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .filter(entry -> entry.getValue() / all >= 0.03)
                .map(
                        entry ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.0f%%",
                                        entry.getKey(),
                                        100 * entry.getValue() / all))
                .collect(Collectors.joining(", "));
    }
}
