package dev.weir.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host. Arguments are passed as they are; no shell reads them. */
final class Program {
    /** No program that is run here takes this long unless it hangs. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Program() {}

    /** How a program ended; 128 + n after signal n. */
    record Ended(int code, String out, String err) {
        boolean ok() {
            return code == 0;
        }

        /** What it printed; throws LabException when it failed. */
        String orThrow(String doing) {
            if (!ok()) {
                throw new LabException(doing + ": " + (err.isBlank() ? out : err).strip());
            }
            return out;
        }
    }

    static Ended run(String... command) {
        return run(List.of(command), "", Map.of());
    }

    /** Throws LabException when it cannot be started or does not end within {@link #LIMIT}. */
    static Ended run(List<String> command, String input, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            CompletableFuture<String> err = read(process.getErrorStream());
            CompletableFuture<String> out = read(process.getInputStream());
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program did not read its input; its exit code says whether that is wrong.
                if (!process.waitFor(LIMIT)) {
                    throw e;
                }
            }
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException(command.getFirst() + " did not end within " + LIMIT);
            }
            return new Ended(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new LabException("cannot run " + command.getFirst() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running " + command.getFirst());
        }
    }

    /** With this process's streams; for commands that people typed. */
    static int runAttached(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                text.complete(
                                        new String(stream.readAllBytes(), StandardCharsets.UTF_8));
                            } catch (IOException e) {
                                text.completeExceptionally(new UncheckedIOException(e));
                            }
                        });
        return text;
    }
}
