package dev.weir.policy.compile;

import dev.weir.model.Filter;
import dev.weir.model.Filter.Peer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects what rules allow, one entry per peer. Equal rules in any order and division give an
 * equal filter.
 */
final class Allows {
    private static final Comparator<Peer> ORDER =
            Comparator.comparing(Allows::rank).thenComparing(Object::toString);

    private final Map<Peer, PortSet> byPeer = new TreeMap<>(ORDER);

    /**
     * An empty set allows nothing, so it is not noted: a rule without ports would mean all of them.
     */
    void add(Peer peer, PortSet ports) {
        if (!ports.isEmpty()) {
            byPeer.merge(peer, ports, PortSet::or);
        }
    }

    /** Where everybody may reach everything, the other rules say nothing. */
    Filter filter() {
        Peer anyone = new Filter.Anyone();
        if (PortSet.EVERYTHING.equals(byPeer.get(anyone))) {
            return new Filter.Isolated(List.of(new Filter.Allow(anyone, List.of())));
        }
        return new Filter.Isolated(
                byPeer.entrySet().stream()
                        .map(entry -> new Filter.Allow(entry.getKey(), entry.getValue().ranges()))
                        .toList());
    }

    private static int rank(Peer peer) {
        return switch (peer) {
            case Filter.Anyone anyone -> 0;
            case Filter.Block block -> 1;
            case Filter.Group group -> 2;
        };
    }
}
