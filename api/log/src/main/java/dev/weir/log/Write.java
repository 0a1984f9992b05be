package dev.weir.log;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.model.Key;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;

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

    /**
     * A write that is never refused, never repeated, and has nothing to answer.
     *
     * @param changes as in {@link Decision.Accept}
     */
    static Write<String> of(Function<Pending, SortedMap<Key, Optional<Message>>> changes) {
        return new Write<>() {
            @Override
            public Decision<String> decide(Pending pending) {
                return new Decision.Accept<>(changes.apply(pending), Frontier.EMPTY, "");
            }

            @Override
            public String repeated(Image durable, long revision) {
                return "";
            }
        };
    }
}
