package dev.weir.log;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader;
import java.time.Duration;
import java.util.List;

/**
 * One shard where it is read, not written: whoever follows its log hands over what the log holds,
 * and any thread reads it as it would read the writer's.
 *
 * <p>Handed over by one thread. Until it is closed, readers wait as they do at the writer.
 */
public final class Replica implements ShardReader, AutoCloseable {
    private final String shard;
    private final History history;

    /**
     * @param capacity changes that are kept for readers to resume from
     */
    public Replica(String shard, int capacity) {
        this.shard = shard;
        this.history = new History(Image.empty(shard), capacity);
    }

    /**
     * What came next.
     *
     * @param image the state after the last delta
     * @param deltas their revisions follow on the present image's without a gap
     */
    public void advance(Image image, List<Delta> deltas) {
        history.publish(image, deltas);
    }

    /** The state anew: the way from the present image to this one is not known. */
    public void restart(Image image) {
        history.restart(image);
    }

    /**
     * The state anew, and as much of the way there as another one has kept. The other is not used
     * any more.
     */
    public void restart(Replica read) {
        history.restart(read.history);
    }

    @Override
    public String shard() {
        return shard;
    }

    @Override
    public Image image() {
        return history.image();
    }

    /** As {@link ShardReader#next}; throws FailureException once it is closed. */
    @Override
    public Next next(String logId, long afterRevision, Duration maxWait)
            throws InterruptedException {
        return history.next(logId, afterRevision, maxWait);
    }

    @Override
    public void close() {
        history.close();
    }
}
