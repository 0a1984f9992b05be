package dev.weir.endpoint;

import dev.weir.endpoint.allocate.PortRange;
import dev.weir.endpoint.derive.Slices;
import dev.weir.model.Cidr;
import java.util.List;

/**
 * What an operator decides about Services.
 *
 * @param serviceCidrs at most one per family; the first is the default family
 * @param podCidrs where pods have their addresses
 * @param nodePorts the numbers that node ports are given from
 * @param externalIpRanges what externalIPs are programmed
 * @param endpointsPerSlice how many endpoints go into one EndpointSlice at most, 1 to {@link
 *     Slices#MOST_ENDPOINTS}
 */
public record EndpointSettings(
        List<Cidr> serviceCidrs,
        List<Cidr> podCidrs,
        PortRange nodePorts,
        List<Cidr> externalIpRanges,
        int endpointsPerSlice) {
    public EndpointSettings {
        serviceCidrs = List.copyOf(serviceCidrs);
        podCidrs = List.copyOf(podCidrs);
        externalIpRanges = List.copyOf(externalIpRanges);
        if (endpointsPerSlice < 1 || endpointsPerSlice > Slices.MOST_ENDPOINTS) {
            throw new IllegalArgumentException(
                    "an EndpointSlice holds 1 to "
                            + Slices.MOST_ENDPOINTS
                            + " endpoints: "
                            + endpointsPerSlice);
        }
    }

    /** With the default of all else. */
    public static EndpointSettings of(List<Cidr> serviceCidrs) {
        return new EndpointSettings(
                serviceCidrs, List.of(), PortRange.DEFAULT, List.of(), Slices.USUAL_ENDPOINTS);
    }
}
