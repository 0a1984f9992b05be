package dev.weir.client;

import dev.weir.changes.Frontier;

/**
 * What goes with a write.
 *
 * @param after the server waits until it has seen this much
 * @param validateOnly judge, and answer as if written, but write nothing
 * @param expectedRevision the object must still be at this revision; 0 for any. Not for creations
 */
public record WriteOptions(Frontier after, boolean validateOnly, long expectedRevision) {
    public static final WriteOptions NONE = new WriteOptions(Frontier.EMPTY, false, 0);

    public static WriteOptions after(Frontier after) {
        return new WriteOptions(after, false, 0);
    }

    public static WriteOptions expecting(long revision) {
        return new WriteOptions(Frontier.EMPTY, false, revision);
    }
}
