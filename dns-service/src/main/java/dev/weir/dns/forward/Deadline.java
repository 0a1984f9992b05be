package dev.weir.dns.forward;

import java.time.Duration;

/**
 * A moment on the monotonic clock.
 *
 * @param nanos as {@link System#nanoTime}
 */
record Deadline(long nanos) {
    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** The earlier of this and a time from now. */
    Deadline atMost(Duration duration) {
        return leftNanos() < duration.toNanos() ? this : in(duration);
    }

    boolean isOver() {
        return leftNanos() <= 0;
    }

    /** Milliseconds left, rounded up; never 0, which sockets take for eternity. */
    int leftMillis() {
        return (int) Math.max(1, Math.ceilDiv(leftNanos(), 1_000_000L));
    }

    private long leftNanos() {
        return nanos - System.nanoTime();
    }
}
