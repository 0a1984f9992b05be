package dev.weir.endpoint.allocate;

import dev.weir.endpoint.balance.Tenants;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;

/** All that Services have of what no two of them may have. */
public record Allocations(ClusterIps addresses, NodePorts nodePorts, Tenants tenants) {

    public static Allocations empty(List<AddressRange> ranges, PortRange nodePorts) {
        return new Allocations(ClusterIps.empty(ranges), NodePorts.empty(nodePorts), Tenants.NONE);
    }

    /** With cluster IPs of other ranges. */
    public Allocations in(Ranges ranges) {
        return new Allocations(addresses.in(ranges), nodePorts, tenants);
    }

    /** After a change: no old for a create, no new for a delete. */
    public Allocations after(Optional<Service> old, Optional<Service> now) {
        return new Allocations(
                addresses.after(old, now), nodePorts.after(old, now), tenants.after(old, now));
    }
}
