package dev.weir.lab;

import dev.weir.cli.RunningProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process of a lab, found by the marker among its arguments. Nothing is remembered, so a crash
 * between starting one and writing it down cannot lose it, and a number used again is never
 * mistaken.
 *
 * @param role one of {@link Shape#roles()}, {@code agent}, {@code l7}, or {@code supervisor} of a
 *     pod
 * @param node empty unless it is of a node
 * @param arguments its command line
 */
record LabProcess(String role, String node, RunningProcess process, List<String> arguments) {
    static final String AGENT = "agent";
    static final String L7 = "l7";
    static final String SUPERVISOR = "supervisor";

    private static final String ROLE = "-Dlab.role=";
    private static final String NODE = "-Dlab.node=";

    private static final int EXEC_TRIES = 50;
    private static final Duration EXEC_PAUSE = Duration.ofMillis(1);

    /** Arguments that say what a process is. */
    static List<String> marks(LabPlace place, String role, String node) {
        return List.of(place.marker(), ROLE + role, NODE + node);
    }

    boolean argumentsContain(String argument) {
        return arguments.contains(argument);
    }

    /** All of them, in the order of role and node. */
    static List<LabProcess> of(LabPlace place) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .flatMap(path -> read(place, path).stream())
                    .sorted(
                            Comparator.comparing(LabProcess::role)
                                    .reversed()
                                    .thenComparing(LabProcess::node))
                    .toList();
        } catch (IOException e) {
            throw new LabException("cannot read /proc: " + e.getMessage());
        }
    }

    /** That of this role, on this node if it is of one. */
    static Optional<RunningProcess> running(LabPlace place, String role, String node) {
        return of(place).stream()
                .filter(found -> found.role().equals(role) && found.node().equals(node))
                .map(LabProcess::process)
                .findFirst();
    }

    /**
     * A process that is just becoming another program has none for a moment, and must not be
     * missed; threads of the kernel and zombies never have one, and no program either.
     */
    private static String commandLine(Path process) throws IOException {
        byte[] line = Files.readAllBytes(process.resolve("cmdline"));
        for (int i = 0; i < EXEC_TRIES && line.length == 0; i++) {
            Files.readSymbolicLink(process.resolve("exe"));
            LockSupport.parkNanos(EXEC_PAUSE.toNanos());
            line = Files.readAllBytes(process.resolve("cmdline"));
        }
        return new String(line, StandardCharsets.UTF_8);
    }

    private static Optional<LabProcess> read(LabPlace place, Path path) {
        List<String> arguments;
        try {
            String line = commandLine(path);
            if (line.indexOf(place.marker()) < 0) {
                return Optional.empty();
            }
            arguments = Arrays.asList(line.split("\0"));
        } catch (IOException e) {
            return Optional.empty();
        }
        if (!arguments.contains(place.marker())) {
            return Optional.empty();
        }
        String role = value(arguments, ROLE).orElse(SUPERVISOR);
        return RunningProcess.of(Long.parseLong(path.getFileName().toString()))
                .map(
                        process ->
                                new LabProcess(
                                        role,
                                        value(arguments, NODE).orElse(""),
                                        process,
                                        arguments));
    }

    private static Optional<String> value(List<String> arguments, String name) {
        return arguments.stream()
                .filter(argument -> argument.startsWith(name))
                .map(argument -> argument.substring(name.length()))
                .findFirst();
    }
}
