package dev.weir.client;

import com.google.protobuf.Message;
import dev.weir.model.Key;

/** One message of a watch. */
public sealed interface WatchEvent {
    /** Of the change. */
    long revision();

    /** The object is now this, whole. */
    record Put(Message object, long revision) implements WatchEvent {}

    record Remove(Key key, long revision) implements WatchEvent {}

    /**
     * Everything up to this revision has been told.
     *
     * @param inSync set once, after the objects that were there when the watch began
     */
    record Bookmark(long revision, String logId, boolean inSync) implements WatchEvent {}
}
