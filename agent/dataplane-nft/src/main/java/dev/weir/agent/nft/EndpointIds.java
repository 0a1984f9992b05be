package dev.weir.agent.nft;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parts of connection marks that name a frontend's endpoints, whatever slots they are in. Pure. */
final class EndpointIds {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address).thenComparing(Endpoint::port);

    private EndpointIds() {}

    /**
     * All different. An endpoint's mark follows from its address and port, unless another one of
     * these has the same: then the greater one takes the next that is free.
     */
    static Map<Endpoint, Integer> of(Collection<Endpoint> endpoints) {
        List<Endpoint> sorted = endpoints.stream().sorted(ORDER).toList();
        Map<Endpoint, Integer> ids = new HashMap<>();
        Set<Integer> taken = new HashSet<>();
        for (Endpoint endpoint : sorted) {
            int number = spread(Arrays.hashCode(endpoint.address().bytes()) * 31 + endpoint.port());
            while (!taken.add(Marks.id(number))) {
                number++;
            }
            ids.put(endpoint, Marks.id(number));
        }
        return ids;
    }

    /** Neighbouring addresses get marks far from each other. */
    private static int spread(int hash) {
        int mixed = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        return (mixed ^ (mixed >>> 13)) * 0xc2b2ae35 >>> 9;
    }
}
