package dev.weir.agent.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs many {@code ip} commands by one process. A command that fails does not stop the others.
 *
 * <p>Words are checked against a small alphabet, so that no value can end a line, start a comment
 * or become an option of its own: nothing here passes through a shell.
 */
public final class IpBatch {
    /** 1,200 link commands take 0.2 s; a busy machine gets ample room. */
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofSeconds(30);

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_./:@%+,=-]+");
    private static final Pattern FAILED = Pattern.compile("Command failed -:(\\d+)");

    private final List<String> options;
    private final List<List<String>> commands = new ArrayList<>();

    /** Commands whose words say their address family, as "10.0.0.0/8" and "::/0" do. */
    public IpBatch() {
        this.options = List.of();
    }

    private IpBatch(List<String> options) {
        this.options = options;
    }

    /** For commands whose words do not say that they mean IPv6, such as "rule add fwmark 1". */
    public static IpBatch ipv6() {
        return new IpBatch(List.of("-6"));
    }

    /**
     * @param line index of the command in the batch, from 0
     * @param words the command
     * @param message what ip says, such as "RTNETLINK answers: File exists"
     */
    public record Failure(int line, List<String> words, String message) {
        /** True for an answer that means that there is already what was to be added. */
        public boolean exists() {
            return message.contains("File exists") || message.contains("already assigned");
        }

        /** True for an answer that means that there is nothing to delete or change. */
        public boolean gone() {
            return message.contains("Cannot find device")
                    || message.contains("No such process")
                    || message.contains("No such file or directory")
                    || message.contains("Cannot assign requested address");
        }
    }

    /**
     * Adds a command without the leading {@code ip}, for instance {@code "link", "del", "weir0"}.
     *
     * @throws IllegalArgumentException if a word is empty or holds a space, quote, '#' or the like
     */
    public IpBatch add(String... words) {
        for (String word : words) {
            if (!WORD.matcher(word).matches()) {
                throw new IllegalArgumentException("not a word for ip: \"" + word + "\"");
            }
        }
        commands.add(List.of(words));
        return this;
    }

    public int size() {
        return commands.size();
    }

    /** Runs in the network namespace of this process. */
    public List<Failure> run() throws IOException, InterruptedException {
        return run(Optional.empty(), DEFAULT_TIME_LIMIT);
    }

    /** Runs inside the namespace, by {@code nsenter --net=}. */
    public List<Failure> run(NetworkNamespace namespace) throws IOException, InterruptedException {
        return run(Optional.of(namespace.path()), DEFAULT_TIME_LIMIT);
    }

    private List<Failure> run(Optional<Path> namespace, Duration timeLimit)
            throws IOException, InterruptedException {
        if (commands.isEmpty()) {
            return List.of();
        }
        List<String> argv = new ArrayList<>();
        namespace.ifPresent(path -> argv.addAll(List.of("nsenter", "--net=" + path, "--")));
        argv.add("ip");
        argv.addAll(options);
        argv.addAll(List.of("-force", "-batch", "-"));
        Process process =
                new ProcessBuilder(argv).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            FutureTask<List<String>> complaints = new FutureTask<>(() -> lines(process));
            Thread.ofVirtual().start(complaints);
            try (OutputStream in = process.getOutputStream()) {
                in.write(text().getBytes(StandardCharsets.US_ASCII));
            }
            List<String> lines = complaints.get(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
            if (!process.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("ip did not end within " + timeLimit);
            }
            List<Failure> failures = failures(lines);
            if (process.exitValue() != 0 && failures.isEmpty()) {
                throw new IOException("ip failed: " + String.join("; ", lines));
            }
            return failures;
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("ip gave no complete answer within " + timeLimit, e);
        } finally {
            process.destroyForcibly();
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        commands.forEach(words -> text.append(String.join(" ", words)).append('\n'));
        return text.toString();
    }

    private static List<String> lines(Process process) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    /** ip writes its complaint, then "Command failed -:LINE" counting from 1. */
    private List<Failure> failures(List<String> lines) {
        List<Failure> failures = new ArrayList<>();
        List<String> said = new ArrayList<>();
        for (String line : lines) {
            Matcher failed = FAILED.matcher(line);
            if (failed.matches()) {
                int index = Integer.parseInt(failed.group(1)) - 1;
                failures.add(new Failure(index, commands.get(index), String.join("; ", said)));
                said.clear();
            } else {
                said.add(line.strip());
            }
        }
        return failures;
    }
}
