package dev.weir.agent;

import dev.weir.changes.Frontier;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Where the agent's state comes from. Delivers each shard's updates in order, without gaps: after
 * an interruption it goes on where it was, or starts the shard anew with a snapshot. The first
 * update of a shard means that it is in sync.
 */
public interface ChangeSource extends AutoCloseable {
    /**
     * Follows the shards until closed.
     *
     * @param resume what the reader has already
     * @param updates called by one thread at a time; may block, which holds back the source
     */
    void start(Collection<String> shards, Frontier resume, Consumer<ShardUpdate> updates);

    /** Whether updates can arrive at present. */
    boolean connected();

    @Override
    void close();
}
