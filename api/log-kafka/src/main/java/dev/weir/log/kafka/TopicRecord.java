package dev.weir.log.kafka;

import com.google.protobuf.ByteString;
import dev.weir.log.v1.LogClaim;
import dev.weir.log.v1.LogHead;
import dev.weir.log.v1.LogRequest;
import java.util.Optional;

/** One record of a state topic. */
public sealed interface TopicRecord {
    /**
     * An object after the write of this revision.
     *
     * @param index its place in the write
     * @param value the bare message; empty when it was removed
     */
    record Stored(long revision, int index, String key, Optional<ByteString> value)
            implements TopicRecord {}

    record Request(LogRequest request) implements TopicRecord {}

    /**
     * The first record of a claim's transaction.
     *
     * @param owner tells one claimant from another of the same name, say, the process before it
     */
    record Claim(LogClaim claim, String owner) implements TopicRecord {
        /** Who it is, for messages. */
        String writer() {
            return claim.getAddress().isEmpty()
                    ? claim.getInstance()
                    : claim.getInstance() + " at " + claim.getAddress();
        }
    }

    /** The last record of every transaction. */
    record Head(LogHead head) implements TopicRecord {}
}
