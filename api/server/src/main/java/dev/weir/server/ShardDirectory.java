package dev.weir.server;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The shards that this process can read, wherever their writers are. */
public final class ShardDirectory {
    private final Map<String, ShardReader> readers = new TreeMap<>();

    public ShardDirectory(Collection<? extends ShardReader> readers) {
        readers.forEach(reader -> this.readers.put(reader.shard(), reader));
    }

    public Collection<ShardReader> all() {
        return readers.values();
    }

    /** Throws a {@link Reason#BAD_REQUEST} failure for a shard that does not exist. */
    public ShardReader reader(String shard) {
        ShardReader reader = readers.get(shard);
        if (reader == null) {
            throw Failure.of(
                            Reason.BAD_REQUEST,
                            "no shard \"" + shard + "\"; there are " + readers.keySet())
                    .asException();
        }
        return reader;
    }

    /** The newest revision of every shard that has been read here. */
    public Frontier head() {
        Frontier head = Frontier.EMPTY;
        for (ShardReader reader : readers.values()) {
            var image = reader.image();
            if (image.revision() > 0) {
                head = head.with(image.logId(), image.shard(), image.revision());
            }
        }
        return head;
    }

    public boolean includes(Frontier frontier) {
        return head().includes(frontier);
    }

    /**
     * Returns once everything in the frontier has been read; a {@link Reason#TIMEOUT} failure names
     * what was not. A frontier of another log never comes: {@link Reason#EXPIRED}.
     */
    public void await(Frontier frontier, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (var entry : frontier.revisions().entrySet()) {
            if (isElsewhere(entry.getKey())) {
                continue;
            }
            ShardReader reader = reader(entry.getKey());
            for (Image image = reader.image();
                    !hasRead(image, frontier.logId(), entry.getValue());
                    image = reader.image()) {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (left.isNegative()) {
                    throw Failure.of(
                                    Reason.TIMEOUT,
                                    "shard "
                                            + image.shard()
                                            + " is at revision "
                                            + image.revision()
                                            + ", not yet at "
                                            + entry.getValue())
                            .asException();
                }
                reader.next(image.logId(), image.revision(), left);
            }
        }
    }

    private boolean isElsewhere(String shard) {
        return !readers.containsKey(shard) && Shards.ALL.contains(shard);
    }

    private static boolean hasRead(Image image, String logId, long revision) {
        if (image.revision() > 0 && !logId.isEmpty() && !logId.equals(image.logId())) {
            throw Failure.of(
                            Reason.EXPIRED,
                            "shard "
                                    + image.shard()
                                    + " is of log "
                                    + image.logId()
                                    + ", not "
                                    + logId
                                    + "; read again, and go on from there")
                    .asException();
        }
        return image.revision() >= revision;
    }
}
