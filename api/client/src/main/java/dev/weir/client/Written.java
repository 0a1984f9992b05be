package dev.weir.client;

import com.google.protobuf.Message;
import dev.weir.core.v1.Commit;

/** The object as it is after a write, and where the write landed. */
public record Written(Message object, Commit commit) {

    /** False when the object already was as asked. */
    public boolean changed() {
        return commit.getRevision() != 0;
    }
}
