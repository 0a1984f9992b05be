package dev.weir.model;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.EndpointSubset;
import dev.weir.net.v1.Endpoints;
import dev.weir.net.v1.Service;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The Endpoints that a Service would have if they were stored: the first family of its slices, one
 * subset of each set of ports. Those that terminate are left out unless they are ready all the
 * same.
 */
public final class LegacyEndpoints {
    /** How many addresses an Endpoints object shows, the ready ones first (KEP-4974). */
    static final int MOST_ADDRESSES = 1000;

    private LegacyEndpoints() {}

    /**
     * @param slices of this Service
     */
    public static Endpoints of(Service service, Collection<EndpointSlice> slices) {
        String family =
                service.getSpec().getIpFamiliesCount() > 0
                        ? service.getSpec().getIpFamilies(0)
                        : "IPv4";
        Map<List<EndpointPort>, Addresses> subsets = new LinkedHashMap<>();
        for (EndpointSlice slice : slices) {
            if (slice.getAddressType().equals(family)) {
                Addresses addresses =
                        subsets.computeIfAbsent(slice.getPortsList(), ports -> new Addresses());
                slice.getEndpointsList().forEach(addresses::add);
            }
        }
        ObjectMeta.Builder metadata =
                ObjectMeta.newBuilder()
                        .setNamespace(service.getMetadata().getNamespace())
                        .setName(service.getMetadata().getName())
                        .putAllLabels(service.getMetadata().getLabelsMap());
        if (subsets.values().stream().mapToInt(Addresses::size).sum() > MOST_ADDRESSES) {
            metadata.putAnnotations(Mirrored.OVER_CAPACITY, "truncated");
            int room = MOST_ADDRESSES;
            for (Addresses addresses : subsets.values()) {
                room = keepFirst(addresses.ready, room);
            }
            for (Addresses addresses : subsets.values()) {
                room = keepFirst(addresses.notReady, room);
            }
        }
        Endpoints.Builder endpoints = Endpoints.newBuilder().setMetadata(metadata);
        subsets.forEach(
                (ports, addresses) -> {
                    if (addresses.size() > 0) {
                        endpoints.addSubsets(
                                EndpointSubset.newBuilder()
                                        .addAllAddresses(addresses.ready)
                                        .addAllNotReadyAddresses(addresses.notReady)
                                        .addAllPorts(ports));
                    }
                });
        return endpoints.build();
    }

    /** What room is left then. */
    private static int keepFirst(Set<EndpointAddress> addresses, int room) {
        List<EndpointAddress> kept = addresses.stream().limit(room).toList();
        addresses.retainAll(Set.copyOf(kept));
        return room - kept.size();
    }

    /** Of one subset, each once. */
    private static final class Addresses {
        final Set<EndpointAddress> ready = new LinkedHashSet<>();
        final Set<EndpointAddress> notReady = new LinkedHashSet<>();

        void add(Endpoint endpoint) {
            var conditions = endpoint.getConditions();
            if (endpoint.getAddressesCount() == 0) {
                return;
            }
            if (!conditions.hasReady() || conditions.getReady()) {
                ready.add(address(endpoint));
            } else if (!conditions.getTerminating()) {
                notReady.add(address(endpoint));
            }
        }

        int size() {
            return ready.size() + notReady.size();
        }
    }

    private static EndpointAddress address(Endpoint endpoint) {
        EndpointAddress.Builder address =
                EndpointAddress.newBuilder()
                        .setIp(endpoint.getAddresses(0))
                        .setHostname(endpoint.getHostname())
                        .setNodeName(endpoint.getNodeName());
        if (endpoint.hasTargetRef()) {
            address.setTargetRef(endpoint.getTargetRef());
        }
        return address.build();
    }
}
