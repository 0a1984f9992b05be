package dev.weir.agent.cni.ipam;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.weir.model.IpAddress;
import java.time.Instant;
import java.util.List;

/** What happened to addresses. Replaying all entries gives the present allocations. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.Allocated.class, name = "allocated"),
    @JsonSubTypes.Type(value = JournalEntry.Released.class, name = "released")
})
public sealed interface JournalEntry {

    /** The attachment has its addresses from now on. */
    record Allocated(PodAttachment attachment) implements JournalEntry {}

    /** The addresses have no owner from now on. */
    record Released(AttachmentKey key, List<IpAddress> addresses, Instant at)
            implements JournalEntry {
        public Released {
            addresses = List.copyOf(addresses);
        }
    }
}
