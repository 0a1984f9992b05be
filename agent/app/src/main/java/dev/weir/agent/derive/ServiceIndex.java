package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Index;
import dev.weir.changes.Step;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the slices of a Service, and the Services of an address, from step to step. What the
 * shard's writer keeps unique is not in it: a Service without load balancer and externalIPs costs
 * nothing.
 */
final class ServiceIndex {
    private final Index<EndpointSlice> slices =
            new Index<>(
                    Kinds.ENDPOINT_SLICE,
                    EndpointSlice.class,
                    slice -> SliceLabels.service(slice).map(Key::path).stream().toList());
    private final Index<Service> services;

    ServiceIndex(NodeSettings settings) {
        services =
                new Index<>(
                        Kinds.SERVICE,
                        Service.class,
                        service ->
                                Stream.concat(
                                                Claim.of(service, settings).stream()
                                                        .filter(claim -> !claim.kind().unique())
                                                        .map(Claim::place)
                                                        .map(Frontend::toString),
                                                LoadBalancers.announced(service)
                                                        .map(IpAddress::toString))
                                        .toList());
    }

    void follow(Step endpoint) {
        slices.follow(endpoint);
        services.follow(endpoint);
    }

    Set<Key> slices(Key service) {
        return slices.under(service.path());
    }

    /** Those that claim the place by an address that others may claim, too. */
    Set<Key> claimants(Frontend place) {
        return services.under(place.toString());
    }

    /** Those whose load balancer has the address, which nodes announce. */
    Set<Key> announced(IpAddress address) {
        return services.under(address.toString());
    }
}
