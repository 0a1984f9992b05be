package dev.weir.changes;

import java.time.Duration;

/** Reads one shard, wherever its writer is. Safe for use by many threads. */
public interface ShardReader {
    String shard();

    /** The latest durable state that has been read. */
    Image image();

    /**
     * What happened after the revision: at most {@code maxWait} later, conflated by key when there
     * is much of it.
     *
     * <p>Empty changes at an unchanged revision mean that nothing happened in that time. A revision
     * that the kept history does not reach back to, that lies in the future, or another log id
     * gives {@link Next.Expired}: the reader takes {@link #image()} and goes on from there.
     */
    Next next(String logId, long afterRevision, Duration maxWait) throws InterruptedException;

    /** The answer of {@link #next}. */
    sealed interface Next {
        record Changes(Delta delta) implements Next {}

        record Expired(long floor, long head) implements Next {}
    }
}
