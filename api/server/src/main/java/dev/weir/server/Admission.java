package dev.weir.server;

import com.google.protobuf.Message;
import dev.weir.log.Pending;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import java.util.Optional;

/**
 * Judges and completes what a caller wants to store. Pure, and called on the shard's writer thread
 * with the pending image, so that two writes of one group cannot be given the same address.
 */
public interface Admission {
    /**
     * @param old the object as it is; empty for a create
     * @param requested the object as it would be, with its metadata complete but for the revision
     */
    Judgement<? extends Message> admit(Pending pending, Optional<Message> old, Message requested);

    /** Whether the object may go. */
    default Optional<Failure> mayDelete(Pending pending, Message old) {
        return Optional.empty();
    }

    /** What deleting does to the object: empty removes it at once, a message replaces it. */
    default Optional<Message> onDelete(Pending pending, Message old) {
        return Optional.empty();
    }
}
