package dev.weir.agent;

import dev.weir.changes.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Writes the state that the node carries to disk, beside the loop. A write is of the whole state,
 * so the pause after it is {@link #PAUSE} times as long as it took, and at least {@link #INTERVAL}:
 * keeping the state costs a twentieth of a core at most, however large it is and however fast it
 * changes.
 */
final class SnapshotKeeper implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(1);
    static final int PAUSE = 20;

    /** A write that takes longer is not made when the agent ends. */
    static final Duration QUICK = Duration.ofMillis(500);

    /** How long a close waits for the write that is under way. */
    private static final Duration LAST_WRITE = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(SnapshotKeeper.class);

    private final SnapshotFile file;
    private final Thread thread = Thread.ofVirtual().name("snapshot").unstarted(this::run);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Map<String, Image> latest = Map.of();

    // Owned by the thread.
    private Map<String, Image> written = Map.of();
    private Duration took = Duration.ZERO;

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

    /** After a write that took so long. */
    static Duration pause(Duration took) {
        Duration many = took.multipliedBy(PAUSE);
        return many.compareTo(INTERVAL) < 0 ? INTERVAL : many;
    }

    private void run() {
        try {
            while (!closed.await(pause(took).toMillis(), TimeUnit.MILLISECONDS)) {
                writeLatest();
            }
            if (took.compareTo(QUICK) < 0) {
                writeLatest();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeLatest() {
        Map<String, Image> now = latest;
        if (now.isEmpty() || now == written) {
            return;
        }
        long start = System.nanoTime();
        try {
            file.write(now.values());
            written = now;
        } catch (IOException e) {
            LOG.warnf("The node's state cannot be kept for the next start: %s", e.getMessage());
        }
        took = Duration.ofNanos(System.nanoTime() - start);
    }

    /** What is not written yet is, if that is quick. */
    @Override
    public void close() {
        closed.countDown();
        try {
            if (thread.isAlive() && !thread.join(LAST_WRITE)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
