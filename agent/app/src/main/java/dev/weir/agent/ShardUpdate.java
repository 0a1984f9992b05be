package dev.weir.agent;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;

/** What a {@link ChangeSource} delivers. */
public sealed interface ShardUpdate {

    String shard();

    /** The whole shard as it is now; what it does not hold is gone. */
    record Snapshot(Image image) implements ShardUpdate {
        @Override
        public String shard() {
            return image.shard();
        }
    }

    /**
     * What followed the shard's last update. Empty at the revision that the reader resumed from: it
     * is in sync.
     */
    record Changes(Delta delta) implements ShardUpdate {
        @Override
        public String shard() {
            return delta.shard();
        }
    }
}
