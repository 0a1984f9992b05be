package dev.weir.agent.spi;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * All that one node shall carry, ready to program. A pure function of the shards' state and of the
 * node's own pods.
 *
 * @param frontier the state it was made from
 * @param shards the objects themselves, by shard, for planes that derive something of their own
 * @param routes remote block of pod addresses to the address of its node
 * @param services what clients address, to where their connections go
 * @param pods the pods of this node
 * @param groups members of the policy groups that the pods' rules name
 * @param announcements address of a load balancer to the nodes of which one answers for it, by name
 * @param healthChecks by port: what is answered there
 * @param serviceCidrs the ranges of cluster IPs, in order, as the objects have them; empty when
 *     there are none, see {@link #serviceCidrs(NodeSettings)}
 */
public record NodeImage(
        Frontier frontier,
        Map<String, Image> shards,
        PMap<Cidr, IpAddress> routes,
        PMap<Frontend, Backends> services,
        PMap<Key, LocalPod> pods,
        PMap<String, Set<IpAddress>> groups,
        PMap<IpAddress, Set<String>> announcements,
        PMap<Integer, HealthCheck> healthChecks,
        List<Cidr> serviceCidrs) {

    public static final NodeImage EMPTY =
            new NodeImage(
                    Frontier.EMPTY,
                    Map.of(),
                    HashTreePMap.empty(),
                    HashTreePMap.empty(),
                    HashTreePMap.empty(),
                    HashTreePMap.empty());

    /** Without load balancers, and with the ranges of the settings alone. */
    public NodeImage(
            Frontier frontier,
            Map<String, Image> shards,
            PMap<Cidr, IpAddress> routes,
            PMap<Frontend, Backends> services,
            PMap<Key, LocalPod> pods,
            PMap<String, Set<IpAddress>> groups) {
        this(
                frontier,
                shards,
                routes,
                services,
                pods,
                groups,
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                List.of());
    }

    public NodeImage {
        shards = Map.copyOf(shards);
        serviceCidrs = List.copyOf(serviceCidrs);
    }

    /** Where cluster IPs are: as the objects say, or while there are none, the settings. */
    public List<Cidr> serviceCidrs(NodeSettings settings) {
        return serviceCidrs.isEmpty() ? settings.serviceCidrs() : serviceCidrs;
    }
}
