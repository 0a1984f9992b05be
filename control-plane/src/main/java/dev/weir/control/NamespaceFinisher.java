package dev.weir.control;

import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.log.Shard;
import dev.weir.model.FailureException;
import dev.weir.model.Shards;
import dev.weir.server.ShardDirectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Sees to it that terminating namespaces go. Idle, on one virtual thread, while there are none. */
final class NamespaceFinisher implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NamespaceFinisher.class);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofMillis(50);

    private final Shard control;
    private final List<ShardReader> others;
    private final Thread thread = Thread.ofVirtual().name("namespaces").unstarted(this::run);

    NamespaceFinisher(Shard control, ShardDirectory shards) {
        this.control = control;
        this.others =
                shards.all().stream()
                        .filter(reader -> !reader.shard().equals(Shards.CONTROL))
                        .toList();
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Image image = control.image();
                if (Namespaces.anyTerminating(image)) {
                    finish();
                    Thread.sleep(BUSY);
                } else {
                    control.next(image.logId(), image.revision(), IDLE);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (FailureException closed) {
            LOG.debugf("Namespaces stay as they are: %s", closed.getMessage());
        }
    }

    private void finish() {
        try {
            control.write(Namespaces.finish(others.stream().map(ShardReader::image).toList()))
                    .join();
        } catch (CompletionException e) {
            LOG.warnf("Namespaces that are being deleted have to wait: %s", e.getCause());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
