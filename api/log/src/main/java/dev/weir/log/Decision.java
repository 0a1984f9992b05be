package dev.weir.log;

import com.google.protobuf.Message;
import dev.weir.changes.Frontier;
import dev.weir.model.Failure;
import dev.weir.model.Key;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a write comes to. */
public sealed interface Decision<R> {
    /**
     * To be written whole or not at all. Nothing is written, and no revision used, when there are
     * no changes and the head's {@code after} already includes this one.
     *
     * @param changes the complete object, or empty to remove it; removing what is not there is no
     *     change
     * @param after what this write has read of the other shards; joins the head's
     * @param answer for the caller, once it is durable
     */
    record Accept<R>(SortedMap<Key, Optional<Message>> changes, Frontier after, R answer)
            implements Decision<R> {
        public Accept {
            changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
        }
    }

    /** Nothing is written; the caller is told why. */
    record Refuse<R>(Failure failure) implements Decision<R> {}
}
