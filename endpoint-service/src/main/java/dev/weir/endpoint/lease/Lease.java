package dev.weir.endpoint.lease;

import dev.weir.changes.Stored;
import java.time.Duration;
import java.util.Optional;

/**
 * What is known of one slice's lease.
 *
 * @param revision of the slice
 * @param since when it was written or renewed last, in nanoseconds of this writer's time
 */
record Lease(long revision, Duration term, long since) {

    /** A renewal never shortens it. */
    Lease renewed(long now) {
        return new Lease(revision, term, Math.max(since, now));
    }

    /** The slice was written anew, and may have been renewed since. */
    Lease followedBy(Lease next) {
        return next.renewed(since);
    }

    /** False when the slice is gone, or was written since it was read. */
    boolean isOf(Optional<Stored> slice) {
        return slice.filter(stored -> stored.revision() == revision).isPresent();
    }

    /** When it is over unless it is renewed. */
    long end() {
        return since + term.toNanos();
    }

    boolean over(long now) {
        return end() <= now;
    }
}
