package dev.weir.log.kafka;

import com.google.protobuf.ByteString;

/** How what a topic holds of an object becomes the object's bytes. */
@FunctionalInterface
public interface Opening {
    /** They are its bytes. */
    Opening PLAIN = (shard, key, held) -> held;

    /**
     * @param key of the object, as the log has it
     * @throws dev.weir.log.LogException with what to do
     */
    ByteString open(String shard, String key, ByteString held);
}
