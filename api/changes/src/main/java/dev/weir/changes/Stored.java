package dev.weir.changes;

import com.google.protobuf.Message;

/** An object and the revision of its last write. */
public record Stored(Message value, long revision) {}
