package dev.weir.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A named network namespace, as {@code ip netns} keeps it. */
record Netns(String name) {
    static final Path DIRECTORY = Path.of("/run/netns");

    Path path() {
        return DIRECTORY.resolve(name);
    }

    /**
     * True when the name stands for a live namespace, not for a file that an interrupted command
     * left.
     */
    boolean exists() {
        try {
            return Files.exists(path()) && Files.getFileStore(path()).type().equals("nsfs");
        } catch (IOException e) {
            return false;
        }
    }

    /** Succeeds when it is there already. */
    void create() {
        if (exists()) {
            return;
        }
        if (Files.exists(path(), LinkOption.NOFOLLOW_LINKS)) {
            delete();
        }
        Program.run("ip", "netns", "add", name).orThrow("cannot make network namespace " + name);
        ip(List.of("link set lo up"));
    }

    /** Succeeds when it is not there. Processes in it keep it alive without its name. */
    void delete() {
        if (Files.exists(path(), LinkOption.NOFOLLOW_LINKS)) {
            Program.run("ip", "netns", "del", name)
                    .orThrow("cannot delete network namespace " + name);
        }
    }

    /** Runs lines of {@code ip -batch} inside; all or LabException. */
    void ip(List<String> lines) {
        Program.run(
                        List.of("ip", "-n", name, "-batch", "-"),
                        String.join("\n", lines) + "\n",
                        java.util.Map.of())
                .orThrow("cannot set up " + name);
    }

    boolean hasLink(String link) {
        return Program.run("ip", "-n", name, "link", "show", "dev", link).ok();
    }

    /** The command, to be run inside. */
    List<String> enter(List<String> command) {
        List<String> entered = new ArrayList<>(List.of("nsenter", "--net=" + path()));
        entered.addAll(command);
        return entered;
    }

    /** Writes settings below /proc/sys inside, as {@code name=value} with dots or slashes. */
    void sysctl(List<String> settings) {
        List<String> command = new ArrayList<>(List.of("sysctl", "-q", "-w"));
        command.addAll(settings);
        Program.run(enter(command), "", java.util.Map.of()).orThrow("cannot set up " + name);
    }

    /** The processes inside, by number. */
    List<Long> processes() {
        Optional<Object> wanted = inode(path());
        if (wanted.isEmpty() || !exists()) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(path -> inode(path.resolve("ns/net")).equals(wanted))
                    .map(path -> Long.parseLong(path.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new LabException("cannot read /proc: " + e.getMessage());
        }
    }

    private static Optional<Object> inode(Path path) {
        try {
            return Optional.of(Files.getAttribute(path, "unix:ino"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** All named namespaces whose names begin so. */
    static List<Netns> beginningWith(String prefix) {
        if (!Files.isDirectory(DIRECTORY)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(DIRECTORY)) {
            return names.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .map(Netns::new)
                    .toList();
        } catch (IOException e) {
            throw new LabException("cannot read " + DIRECTORY + ": " + e.getMessage());
        }
    }
}
