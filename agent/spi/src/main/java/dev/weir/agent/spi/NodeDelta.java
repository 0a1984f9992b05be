package dev.weir.agent.spi;

import dev.weir.changes.MapDelta;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import java.util.Set;

/**
 * What changed between two node images. The objects of the shards are compared by whoever needs
 * that.
 */
public record NodeDelta(
        MapDelta<Cidr, IpAddress> routes,
        MapDelta<Frontend, Backends> services,
        MapDelta<Key, LocalPod> pods,
        MapDelta<String, Set<IpAddress>> groups,
        MapDelta<IpAddress, Set<String>> announcements,
        MapDelta<Integer, HealthCheck> healthChecks) {

    public static NodeDelta between(NodeImage from, NodeImage to) {
        return new NodeDelta(
                MapDelta.between(from.routes(), to.routes()),
                MapDelta.between(from.services(), to.services()),
                MapDelta.between(from.pods(), to.pods()),
                MapDelta.between(from.groups(), to.groups()),
                MapDelta.between(from.announcements(), to.announcements()),
                MapDelta.between(from.healthChecks(), to.healthChecks()));
    }

    public boolean isEmpty() {
        return routes.isEmpty()
                && services.isEmpty()
                && pods.isEmpty()
                && groups.isEmpty()
                && announcements.isEmpty()
                && healthChecks.isEmpty();
    }
}
