package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Removes a directory, and what belongs to it, when closed or at the end of the process. */
final class CleanUp implements AutoCloseable {
    private final Path directory;
    private final Removal first;
    private final Thread atEnd = new Thread(this::removeQuietly, "bench-clean-up");

    /** Something that is removed. */
    interface Removal {
        void run() throws IOException, InterruptedException;
    }

    /**
     * @param first is removed before the directory, unless that has gone already
     */
    CleanUp(Path directory, Removal first) {
        this.directory = directory;
        this.first = first;
        Runtime.getRuntime().addShutdownHook(atEnd);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException _) {
            // It runs: this is the end of the process.
        }
        remove();
    }

    private void removeQuietly() {
        try {
            remove();
        } catch (IOException | RuntimeException _) {
            // Nobody listens any more; the next one has another directory.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void remove() throws IOException, InterruptedException {
        if (!Files.exists(directory)) {
            return;
        }
        first.run();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList().reversed()) {
                Files.delete(path);
            }
        }
    }
}
