package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import dev.weir.routing.ServicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All endpoints that one event loop has had to do with. Owned by that loop. */
final class Destinations {
    private final Map<ServicePort, Cluster> clusters = new HashMap<>();
    private final Map<Endpoint, Destination> destinations = new HashMap<>();

    /** The endpoints of a Service, as a snapshot has them. */
    Cluster of(ServicePort service, Upstream upstream) {
        Cluster cluster = clusters.computeIfAbsent(service, s -> new Cluster());
        if (!cluster.is(upstream)) {
            update(cluster, upstream);
        }
        return cluster;
    }

    /** Lets go of what the snapshot no longer has: unused connections there are closed. */
    void follow(Snapshot snapshot) {
        clusters.entrySet()
                .removeIf(
                        entry -> {
                            Upstream now = snapshot.upstream(entry.getKey());
                            if (!entry.getValue().is(now)) {
                                update(entry.getValue(), now);
                            }
                            return now == Upstream.NONE;
                        });
    }

    private void update(Cluster cluster, Upstream upstream) {
        List<Destination> now =
                upstream.endpoints().stream()
                        .map(endpoint -> destinations.computeIfAbsent(endpoint, Destination::new))
                        .toList();
        now.forEach(destination -> destination.services++);
        for (Destination destination : cluster.become(upstream, now)) {
            if (--destination.services == 0) {
                destinations.remove(destination.endpoint);
                destination.closeIdle();
            }
        }
    }

    void closeIdle() {
        destinations.values().forEach(Destination::closeIdle);
    }
}
