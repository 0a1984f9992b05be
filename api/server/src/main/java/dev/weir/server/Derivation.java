package dev.weir.server;

import com.google.protobuf.Message;
import dev.weir.changes.Delta;
import dev.weir.changes.Step;
import dev.weir.model.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a service makes of other shards' state in its own. Pure; depends on present state only,
 * tolerates missing, late and repeated input, and gives only what differs from what is there.
 */
public interface Derivation {
    /**
     * @param steps what happened since the last call, by shard, a still one where nothing did;
     *     after a start everything is new. The own shard's step ends at the pending state, which
     *     the result changes
     */
    SortedMap<Key, Optional<Message>> derive(Steps steps);

    /**
     * One step for each shard that is read, the own one included.
     *
     * @param accepted leads from the own shard's durable image to the end of its step, as {@link
     *     dev.weir.log.Pending#accepted}: for who has an index of what is there
     */
    record Steps(Map<String, Step> byShard, List<Delta> accepted) {
        public Steps {
            byShard = Map.copyOf(byShard);
            accepted = List.copyOf(accepted);
        }

        /** Where the own shard's image is durable. */
        public Steps(Map<String, Step> byShard) {
            this(byShard, List.of());
        }

        /** Throws IllegalArgumentException for a shard that is not read. */
        public Step of(String shard) {
            Step step = byShard.get(shard);
            if (step == null) {
                throw new IllegalArgumentException("shard " + shard + " is not read here");
            }
            return step;
        }

        Steps with(String shard, Step step, List<Delta> accepted) {
            var changed = new java.util.HashMap<>(byShard);
            changed.put(shard, step);
            return new Steps(changed, accepted);
        }
    }
}
