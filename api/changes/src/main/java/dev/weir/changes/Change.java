package dev.weir.changes;

import com.google.protobuf.Message;

/** What happened to one object. */
public sealed interface Change {
    /** Of the write that made it. */
    long revision();

    /** The object is now this, whole. */
    record Put(Stored object) implements Change {
        public Put(Message value, long revision) {
            this(new Stored(value, revision));
        }

        public Message value() {
            return object.value();
        }

        @Override
        public long revision() {
            return object.revision();
        }
    }

    /** The object is gone. */
    record Remove(long revision) implements Change {}
}
