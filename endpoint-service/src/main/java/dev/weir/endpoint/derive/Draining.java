package dev.weir.endpoint.derive;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What becomes of the endpoints on nodes that are drained. */
final class Draining {
    private Draining() {}

    /**
     * They serve no more, and so are not ready, unless nothing as usable would be left: then all
     * stay as they are. They are not terminating either: their node may come back.
     *
     * @param endpoints of one Service and family, by the name of their pod
     * @param published whether the Service publishes what is not ready
     */
    static SortedMap<String, Endpoint> of(
            SortedMap<String, Endpoint> endpoints, boolean published, Set<String> drained) {
        if (drained.isEmpty()) {
            return endpoints;
        }
        SortedMap<String, Endpoint> after = new TreeMap<>(endpoints);
        after.replaceAll(
                (pod, endpoint) ->
                        drained.contains(endpoint.getNodeName())
                                ? silent(endpoint, published)
                                : endpoint);
        return best(after) < best(endpoints) ? endpoints : after;
    }

    private static Endpoint silent(Endpoint endpoint, boolean published) {
        return endpoint.toBuilder()
                .setConditions(
                        endpoint.getConditions().toBuilder().setReady(published).setServing(false))
                .build();
    }

    /** 2 when there are ready ones, else 1 when some serve while they terminate, else 0. */
    private static int best(Map<String, Endpoint> endpoints) {
        return endpoints.values().stream()
                .map(Endpoint::getConditions)
                .mapToInt(Draining::rank)
                .max()
                .orElse(0);
    }

    private static int rank(EndpointConditions conditions) {
        if (conditions.getReady()) {
            return 2;
        }
        return conditions.getServing() && conditions.getTerminating() ? 1 : 0;
    }
}
