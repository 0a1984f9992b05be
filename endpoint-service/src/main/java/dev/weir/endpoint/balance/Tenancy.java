package dev.weir.endpoint.balance;

import com.google.protobuf.util.Timestamps;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a Service uses its load-balancer addresses. Older ones come first.
 *
 * @param created nanoseconds since 1970
 * @param sharing empty: with nobody
 * @param local whether only nodes with endpoints take its traffic
 */
record Tenancy(
        Key service,
        long created,
        String uid,
        Set<Port> ports,
        String sharing,
        boolean local,
        Map<String, String> selector)
        implements Comparable<Tenancy> {
    private static final Comparator<Tenancy> BY_AGE =
            Comparator.comparingLong(Tenancy::created)
                    .thenComparing(Tenancy::uid)
                    .thenComparing(Tenancy::service);

    /** Of a Service at each of its addresses. */
    record Port(String protocol, int number) {}

    Tenancy {
        ports = Set.copyOf(ports);
        selector = Map.copyOf(selector);
    }

    static Tenancy of(Service service) {
        var metadata = service.getMetadata();
        var spec = service.getSpec();
        return new Tenancy(
                Kinds.SERVICE.key(metadata),
                Timestamps.toNanos(metadata.getCreationTimestamp()),
                metadata.getUid(),
                spec.getPortsList().stream()
                        .map(port -> new Port(port.getProtocol(), port.getPort()))
                        .collect(Collectors.toSet()),
                Wish.isOurs(service) ? Wish.of(service).sharing() : "",
                spec.getExternalTrafficPolicy().equals("Local"),
                spec.getSelectorMap());
    }

    /** Where nodes take traffic for the Service. */
    static List<IpAddress> addresses(Service service) {
        return !Wish.isBalanced(service)
                ? List.of()
                : service.getStatus().getLoadBalancer().getIngressList().stream()
                        .filter(ingress -> !ingress.getIpMode().equals("Proxy"))
                        .flatMap(ingress -> IpAddress.parse(ingress.getIp()).stream())
                        .toList();
    }

    /**
     * Whether both can be at one address: under one key, at different ports; and, if only nodes
     * with endpoints serve one of them, with the same endpoints, since one node takes all of the
     * address.
     */
    boolean goesWith(Tenancy other) {
        return !sharing.isEmpty()
                && sharing.equals(other.sharing)
                && Collections.disjoint(ports, other.ports)
                && (!local && !other.local || selector.equals(other.selector));
    }

    @Override
    public int compareTo(Tenancy other) {
        return BY_AGE.compare(this, other);
    }
}
