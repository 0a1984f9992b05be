package dev.weir.agent;

import dev.weir.changes.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Writes the state that the node carries to disk, beside the loop and never more often than {@link
 * #INTERVAL}.
 */
final class SnapshotKeeper implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(SnapshotKeeper.class);

    private final SnapshotFile file;
    private final Thread thread = Thread.ofVirtual().name("snapshot").unstarted(this::run);
    private volatile Map<String, Image> latest = Map.of();

    SnapshotKeeper(Path path) {
        this.file = new SnapshotFile(path);
    }

    Optional<Map<String, Image>> lastRun() {
        return file.read();
    }

    void start() {
        thread.start();
    }

    void carried(NodeLoop.Carried now) {
        latest = now.image().shards();
    }

    private void run() {
        Map<String, Image> written = Map.of();
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                Map<String, Image> now = latest;
                if (now != written && !now.isEmpty()) {
                    written = write(now) ? now : written;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean write(Map<String, Image> images) {
        try {
            file.write(images.values());
            return true;
        } catch (IOException e) {
            LOG.warnf("The node's state cannot be kept for the next start: %s", e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
