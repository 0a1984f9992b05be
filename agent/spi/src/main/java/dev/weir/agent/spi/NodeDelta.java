package dev.weir.agent.spi;

import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.MapDelta;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What changed between two node images: just what differs, but for the shards.
 *
 * @param shards what leads from the one's shards to the other's; may also name objects that did not
 *     change. None for a shard that did not move.
 * @param serviceCidrs what they are now, if they changed
 */
public record NodeDelta(
        Map<String, Delta> shards,
        MapDelta<Cidr, IpAddress> routes,
        MapDelta<Frontend, Backends> services,
        MapDelta<Key, LocalPod> pods,
        MapDelta<String, Set<IpAddress>> groups,
        MapDelta<IpAddress, Set<String>> announcements,
        MapDelta<Integer, HealthCheck> healthChecks,
        Optional<List<Cidr>> serviceCidrs) {
    public static final NodeDelta NONE = between(NodeImage.EMPTY, NodeImage.EMPTY);

    public NodeDelta {
        shards = Map.copyOf(shards);
    }

    /** Of which neither a shard nor a range moved. */
    public NodeDelta(
            MapDelta<Cidr, IpAddress> routes,
            MapDelta<Frontend, Backends> services,
            MapDelta<Key, LocalPod> pods,
            MapDelta<String, Set<IpAddress>> groups,
            MapDelta<IpAddress, Set<String>> announcements,
            MapDelta<Integer, HealthCheck> healthChecks) {
        this(
                Map.of(),
                routes,
                services,
                pods,
                groups,
                announcements,
                healthChecks,
                Optional.empty());
    }

    /** Costs the size of whatever is not the same object in both. */
    public static NodeDelta between(NodeImage from, NodeImage to) {
        Map<String, Delta> shards = new HashMap<>();
        to.shards()
                .forEach(
                        (shard, image) -> {
                            Image before = from.shards().getOrDefault(shard, Image.empty(shard));
                            if (before != image) {
                                shards.put(shard, Delta.between(before, image));
                            }
                        });
        return new NodeDelta(
                shards,
                MapDelta.between(from.routes(), to.routes()),
                MapDelta.between(from.services(), to.services()),
                MapDelta.between(from.pods(), to.pods()),
                MapDelta.between(from.groups(), to.groups()),
                MapDelta.between(from.announcements(), to.announcements()),
                MapDelta.between(from.healthChecks(), to.healthChecks()),
                Optional.of(to.serviceCidrs())
                        .filter(ranges -> !ranges.equals(from.serviceCidrs())));
    }

    /**
     * This delta and then the next one, as one. Costs the size of both.
     *
     * @param from where this delta starts
     */
    public NodeDelta then(NodeDelta next, NodeImage from) {
        Map<String, Delta> both = new HashMap<>(shards);
        next.shards.forEach((shard, delta) -> both.merge(shard, delta, Delta::then));
        return new NodeDelta(
                both,
                routes.then(next.routes, from.routes()),
                services.then(next.services, from.services()),
                pods.then(next.pods, from.pods()),
                groups.then(next.groups, from.groups()),
                announcements.then(next.announcements, from.announcements()),
                healthChecks.then(next.healthChecks, from.healthChecks()),
                next.serviceCidrs
                        .or(() -> serviceCidrs)
                        .filter(ranges -> !ranges.equals(from.serviceCidrs())));
    }

    /** Nothing is to be programmed; objects may have changed all the same. */
    public boolean isEmpty() {
        return routes.isEmpty()
                && services.isEmpty()
                && pods.isEmpty()
                && groups.isEmpty()
                && announcements.isEmpty()
                && healthChecks.isEmpty()
                && serviceCidrs.isEmpty();
    }
}
