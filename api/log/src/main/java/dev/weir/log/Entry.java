package dev.weir.log;

import com.google.protobuf.ByteString;
import dev.weir.changes.Frontier;
import java.util.List;
import java.util.Optional;

/**
 * One logical write, in bytes.
 *
 * @param revision its own, above that of every entry before it
 * @param records at most one per key; may be empty: then only the head moves
 * @param requestId what a retry of the request would carry; empty when it had none
 * @param after what the writer had read of the other shards: the head's, from here on
 */
public record Entry(long revision, List<Record> records, String requestId, Frontier after) {
    public Entry {
        records = List.copyOf(records);
    }

    /**
     * One object after the write.
     *
     * @param value the complete object, never a part of it; empty when the object is removed
     */
    public record Record(String key, Optional<ByteString> value) {}
}
