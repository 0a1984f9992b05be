package dev.weir.dns.zone;

import dev.weir.dns.wire.Rdata;
import dev.weir.dns.wire.RrSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One existing name. It exists because somebody has given it records (perhaps none), or because a
 * name below it exists: an empty non-terminal (RFC 8020).
 *
 * @param gifts ordered by giver; several only where Services share an address's reverse name
 * @param children how many names exist one label below
 */
record Node(List<Gift> gifts, int children) {
    static final Node EMPTY = new Node(List.of(), 0);

    /**
     * The records that one source has put here.
     *
     * @param giver a namespace, {@code namespace/service}, or empty for the zone itself
     */
    record Gift(String giver, List<RrSet> records) {}

    Node with(String giver, List<RrSet> records) {
        if (gifts.isEmpty()) {
            return new Node(List.of(new Gift(giver, records)), children);
        }
        List<Gift> next = new ArrayList<>(without(giver).gifts);
        next.add(new Gift(giver, records));
        next.sort(Comparator.comparing(Gift::giver));
        return new Node(List.copyOf(next), children);
    }

    Node without(String giver) {
        return new Node(
                gifts.stream().filter(gift -> !gift.giver().equals(giver)).toList(), children);
    }

    Node withChildren(int count) {
        return new Node(gifts, count);
    }

    boolean exists() {
        return children > 0 || !gifts.isEmpty();
    }

    /** All records of a type, whoever gave them. */
    Optional<RrSet> find(int type) {
        RrSet found = null;
        for (Gift gift : gifts) {
            for (RrSet set : gift.records()) {
                if (set.type() == type) {
                    found = found == null ? set : union(found, set);
                }
            }
        }
        return Optional.ofNullable(found);
    }

    /** Any records at all: the minimal answer to ANY (RFC 8482 section 4.1). */
    Optional<RrSet> first() {
        return gifts.stream().flatMap(gift -> gift.records().stream()).findFirst();
    }

    private static RrSet union(RrSet a, RrSet b) {
        Set<Rdata> data = new LinkedHashSet<>(a.data());
        data.addAll(b.data());
        return new RrSet(a.owner(), a.type(), a.ttl(), List.copyOf(data));
    }
}
