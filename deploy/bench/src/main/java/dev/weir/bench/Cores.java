package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which cores whose CPU is measured has for itself, and which are for all that it talks with. */
record Cores(String measured, String others) {
    /** The last one, and the rest; the same one where there is no other. */
    static Cores ofThisMachine() throws IOException {
        List<Integer> all = new ArrayList<>();
        String allowed =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("Cpus_allowed_list:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElseThrow();
        for (String range : allowed.split(",")) {
            String[] ends = range.split("-");
            IntStream.rangeClosed(
                            Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(all::add);
        }
        List<Integer> others = all.size() > 1 ? all.subList(0, all.size() - 1) : all;
        return new Cores(
                Integer.toString(all.getLast()),
                others.stream().map(Object::toString).collect(Collectors.joining(",")));
    }

    /** The command, to be run on some of them. */
    static List<String> on(String cores, List<String> command) {
        List<String> all = new ArrayList<>(List.of("taskset", "-c", cores));
        all.addAll(command);
        return all;
    }
}
