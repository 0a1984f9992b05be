package dev.weir.log;

import dev.weir.changes.Image;

/**
 * A change that someone asks for: decided when its turn comes, on all that was decided before it.
 */
public interface Write<R> {
    /**
     * What to write, or why not. Runs on the writer's thread: a function of its argument, quick,
     * without I/O. It may be asked for a group that then fails, so it has no effects. What it
     * throws goes to the caller.
     */
    Decision<R> decide(Pending pending);

    /**
     * What a retry of this request would carry, too; empty for none. At most {@link
     * Shard#REQUEST_ID_LENGTH} long.
     */
    default String requestId() {
        return "";
    }

    /**
     * The answer to a request that was carried out before. Nothing is written.
     *
     * @param durable at or after that revision
     * @param revision of the write that carried the same request id
     */
    R repeated(Image durable, long revision);
}
