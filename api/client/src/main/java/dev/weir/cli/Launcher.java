package dev.weir.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts Weir's own programs through the launcher, which knows their Java command lines. */
public final class Launcher {
    /** Set by the launcher to its own path. */
    static final String VARIABLE = "WEIR_LAUNCHER";

    private final String path;

    private Launcher(String path) {
        this.path = path;
    }

    /** Throws CliError when this command was not started by the launcher. */
    public static Launcher of(Session session) {
        String path = session.environment().getOrDefault(VARIABLE, "");
        if (path.isEmpty()) {
            throw new CliError(
                    "start this command through deploy/weir: it knows how to start programs");
        }
        return new Launcher(path);
    }

    /**
     * The command line that becomes the program: it execs, so the process keeps its number.
     *
     * @param program {@code standalone} or {@code agent}
     * @param settings without values that are empty
     */
    public List<String> command(String program, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(path, "--exec", program));
        settings.forEach(
                (name, value) -> {
                    if (!value.isEmpty()) {
                        command.add("-D" + name + "=" + value);
                    }
                });
        return command;
    }

    /**
     * The command again, in a session of its own, so that it outlives this one and its terminal.
     */
    public static RunningProcess startDetached(List<String> command, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        List<String> detached = new ArrayList<>(List.of("setsid"));
        detached.addAll(command);
        Process process =
                new ProcessBuilder(detached)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectErrorStream(true)
                        .start();
        return RunningProcess.of(process.pid())
                .orElseThrow(
                        () -> new IOException(command.getFirst() + " ended at once, see " + log));
    }
}
