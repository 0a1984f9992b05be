package dev.weir.agent.cni.ipam;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Addresses that this node may hand out, such as a /26 and a /122: slot n of a block is the n-th
 * address of each family, given out together. Pods have host routes, so there is no network and no
 * broadcast address: every slot is usable.
 *
 * @param cidrs one per family, IPv4 first
 * @param epoch grows each time the block changes hands
 */
public record Block(List<Cidr> cidrs, long epoch) {
    /**
     * Most slots of a block that are used, however large it is: finding a free one looks at each.
     */
    static final int MAX_SLOTS = 4096;

    public Block {
        cidrs = cidrs.stream().sorted().toList();
        if (cidrs.isEmpty() || cidrs.stream().map(Cidr::v6).distinct().count() != cidrs.size()) {
            throw new IllegalArgumentException("not one CIDR per address family: " + cidrs);
        }
    }

    int slots() {
        long smallest = cidrs.stream().mapToLong(Cidr::size).min().orElseThrow();
        return (int) Math.min(smallest, MAX_SLOTS);
    }

    List<IpAddress> slot(int index) {
        return cidrs.stream().map(cidr -> cidr.base().plus(index)).toList();
    }

    /** The slots that hold all of these addresses: every slot for none, else at most one. */
    Stream<List<IpAddress>> slotsWith(Set<IpAddress> wanted) {
        return IntStream.range(0, slots()).mapToObj(this::slot).filter(s -> s.containsAll(wanted));
    }
}
