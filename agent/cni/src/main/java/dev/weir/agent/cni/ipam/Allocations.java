package dev.weir.agent.cni.ipam;

import dev.weir.agent.cni.ipam.JournalEntry.Allocated;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Who has which address, and which addresses were had lately. Invariant: no address has two
 * holders, and none is both held and released.
 *
 * @param held by key
 * @param holders by address
 * @param released the last release of each address that has been held and is not now
 */
record Allocations(
        PMap<AttachmentKey, PodAttachment> held,
        PMap<IpAddress, AttachmentKey> holders,
        PMap<IpAddress, Released> released) {

    static final Allocations EMPTY =
            new Allocations(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    /** Throws IllegalStateException if an address would get a second holder. */
    Allocations apply(JournalEntry entry) {
        return switch (entry) {
            case Allocated(var attachment) -> allocated(attachment);
            case Released gone -> released(gone);
        };
    }

    private Allocations allocated(PodAttachment attachment) {
        PodAttachment former = held.get(attachment.key());
        var owners = former == null ? holders : holders.minusAll(former.addresses());
        for (IpAddress address : attachment.addresses()) {
            AttachmentKey owner = owners.get(address);
            if (owner != null) {
                throw new IllegalStateException(
                        address + " is held by " + owner + ", not free for " + attachment.key());
            }
            owners = owners.plus(address, attachment.key());
        }
        return new Allocations(
                held.plus(attachment.key(), attachment),
                owners,
                released.minusAll(attachment.addresses()));
    }

    private Allocations released(Released gone) {
        var owners = holders;
        var free = released;
        for (IpAddress address : gone.addresses()) {
            AttachmentKey owner = owners.get(address);
            if (owner == null || owner.equals(gone.key())) {
                owners = owners.minus(address);
                free = free.plus(address, gone);
            }
        }
        return new Allocations(held.minus(gone.key()), owners, free);
    }

    /** The shortest history that leads here from {@link #EMPTY}. */
    List<JournalEntry> entries() {
        return Stream.<JournalEntry>concat(
                        released.values().stream().distinct(),
                        held.values().stream().map(Allocated::new))
                .toList();
    }
}
