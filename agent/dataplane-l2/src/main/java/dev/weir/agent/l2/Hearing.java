package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.Holdings;
import dev.weir.model.IpAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a node from its heartbeats.
 *
 * @param at when the last one came
 * @param owns what it said the last time that it said all of it; empty while it never said anything
 * @param partial what it has said of the list that it is telling
 * @param parts how many parts of that list have come
 */
record Hearing(long at, Optional<Set<IpAddress>> owns, Set<IpAddress> partial, int parts) {

    static Hearing first(long now, Optional<Holdings> said) {
        return new Hearing(now, Optional.empty(), Set.of(), 0).then(now, said);
    }

    /** A list of which a part was lost counts for nothing; the next one comes with a heartbeat. */
    Hearing then(long now, Optional<Holdings> said) {
        if (said.isEmpty() || (said.get().part() != 0 && said.get().part() != parts)) {
            return new Hearing(now, owns, Set.of(), 0);
        }
        Holdings holdings = said.get();
        Set<IpAddress> all = holdings.addresses();
        if (holdings.part() > 0) {
            all = new HashSet<>(partial);
            all.addAll(holdings.addresses());
        }
        return holdings.last()
                ? new Hearing(now, Optional.of(all), Set.of(), 0)
                : new Hearing(now, Optional.of(owns.orElse(all)), all, holdings.part() + 1);
    }

    /** Addresses that have to be remembered for it. */
    int size() {
        return partial.size() + owns.map(Set::size).orElse(0);
    }
}
