package dev.weir.client;

import com.google.protobuf.Message;
import java.util.List;

/** All objects that were asked for, as of one revision of their shard. */
public record Listing(List<Message> items, long revision, String logId) {
    public Listing {
        items = List.copyOf(items);
    }
}
