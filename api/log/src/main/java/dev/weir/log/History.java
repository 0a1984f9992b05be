package dev.weir.log;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.ShardReader.Next;
import dev.weir.model.Failure;
import dev.weir.model.Key;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The durable image of a shard and the changes that led to it, as far back as there is room.
 * Readers keep their own place, so a slow one costs nothing.
 *
 * <p>Invariant: the kept deltas have the revisions floor + 1, floor + 2, ..., image.revision, so
 * the place of each is known.
 */
final class History {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition published = lock.newCondition();

    /**
     * A ring: the delta of a revision is at that revision modulo the length, which is a power of
     * two.
     */
    private Delta[] ring = new Delta[16];

    private long floor;
    private long kept;
    private boolean closed;
    private volatile Image image;

    /**
     * @param capacity how many changes are kept; a delta counts as one at least, and the last one
     *     is always kept
     */
    History(Image image, int capacity) {
        this.image = image;
        this.floor = image.revision();
        this.capacity = capacity;
    }

    Image image() {
        return image;
    }

    void publish(Image next, List<Delta> deltas) {
        lock.lock();
        try {
            for (Delta delta : deltas) {
                add(delta);
            }
            image = next;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is kept of the way here: readers that are elsewhere start over. */
    void restart(Image next) {
        lock.lock();
        try {
            ring = new Delta[16];
            floor = next.revision();
            kept = 0;
            image = next;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** As another one is, which nobody uses any more. */
    void restart(History other) {
        lock.lock();
        try {
            ring = other.ring;
            floor = other.floor;
            kept = other.kept;
            image = other.image;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(Delta delta) {
        long revision = delta.revision();
        kept += weight(delta);
        while (floor < revision - 1 && kept > capacity) {
            floor++;
            kept -= weight(at(floor));
            ring[index(floor)] = delta;
        }
        if (revision - floor > ring.length) {
            grow(revision - 1);
        }
        ring[index(revision)] = delta;
    }

    private void grow(long head) {
        Delta[] old = ring;
        ring = Arrays.copyOf(old, old.length * 2);
        for (long revision = floor + 1; revision <= head; revision++) {
            ring[index(revision)] = old[(int) (revision & (old.length - 1))];
        }
    }

    private static int weight(Delta delta) {
        return Math.max(1, delta.changes().size());
    }

    private Delta at(long revision) {
        return ring[index(revision)];
    }

    private int index(long revision) {
        return (int) (revision & (ring.length - 1));
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            published.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits at most once. Throws FailureException when the shard is closed. */
    Next next(String logId, long after, Duration maxWait) throws InterruptedException {
        Delta[] missed;
        Image head;
        lock.lockInterruptibly();
        try {
            if (!closed && after == image.revision() && logId.equals(image.logId())) {
                published.awaitNanos(maxWait.toNanos());
            }
            head = image;
            if (closed) {
                throw Failure.of(Failure.Reason.UNAVAILABLE, "shard " + head.shard() + " is closed")
                        .asException();
            }
            if (after < floor || after > head.revision() || !logId.equals(head.logId())) {
                return new Next.Expired(floor, head.revision());
            }
            missed = new Delta[(int) (head.revision() - after)];
            for (int i = 0; i < missed.length; i++) {
                missed[i] = at(after + 1 + i);
            }
        } finally {
            lock.unlock();
        }
        return new Next.Changes(conflated(head, missed));
    }

    private static Delta conflated(Image head, Delta[] deltas) {
        if (deltas.length == 1) {
            return deltas[0];
        }
        TreeMap<Key, Change> last = new TreeMap<>();
        for (Delta delta : deltas) {
            last.putAll(delta.changes());
        }
        return new Delta(head.shard(), head.logId(), head.revision(), head.after(), last);
    }
}
