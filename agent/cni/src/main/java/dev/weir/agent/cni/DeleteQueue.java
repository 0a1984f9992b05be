package dev.weir.agent.cni;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes that shims kept while the agent did not answer: one request per file, complete once it
 * has its name.
 */
final class DeleteQueue {
    private static final Logger LOG = System.getLogger(DeleteQueue.class.getName());

    /** A file without final name that is older was left by a shim that died. */
    private static final Duration ABANDONED = Duration.ofMinutes(1);

    private final Path directory;

    DeleteQueue(Path directory) {
        this.directory = directory;
    }

    /** What is done with a queued request. */
    interface Consumer {
        /** False if it is to be tried again later. */
        boolean accept(byte[] request) throws InterruptedException;
    }

    /** Hands over every request and removes those that are done with. */
    void drain(Consumer consumer) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<Path> files = new ArrayList<>();
        try (var all = Files.newDirectoryStream(directory)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            try {
                boolean done =
                        file.toString().endsWith(".json")
                                ? consumer.accept(Files.readAllBytes(file))
                                : abandoned(file);
                if (done) {
                    Files.deleteIfExists(file);
                    LOG.log(Level.INFO, "worked off {0}", file);
                }
            } catch (NoSuchFileException e) {
                LOG.log(Level.DEBUG, "{0} got its final name meanwhile", file);
            }
        }
    }

    private static boolean abandoned(Path file) throws IOException {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        return written.isBefore(Instant.now().minus(ABANDONED));
    }
}
