package dev.weir.changes;

import com.google.protobuf.Message;

/** What happened to one object. */
public sealed interface Change {
    /** Of the write that made it. */
    long revision();

    /** The object is now this, whole. */
    record Put(Message value, long revision) implements Change {}

    /** The object is gone. */
    record Remove(long revision) implements Change {}
}
