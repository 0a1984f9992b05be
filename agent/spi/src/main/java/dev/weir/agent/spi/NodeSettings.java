package dev.weir.agent.spi;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;

/**
 * What does not change while an agent runs.
 *
 * @param addresses the node's own addresses, one per family
 * @param podCidrs the ranges of all pods of the cluster
 * @param serviceCidrs the ranges of cluster IPs as long as no objects say them, see {@link
 *     NodeImage#serviceCidrs(NodeSettings)}
 * @param externalIpRanges what externalIPs of Services are programmed
 * @param countTraffic whether packets and bytes of Services are counted, which costs a look-up for
 *     each packet of theirs
 * @param heartbeats of the nodes that announce addresses of load balancers
 * @param options of the plane alone, as text; it refuses what it does not know
 */
public record NodeSettings(
        String nodeName,
        List<IpAddress> addresses,
        List<Cidr> podCidrs,
        List<Cidr> serviceCidrs,
        List<Cidr> externalIpRanges,
        boolean countTraffic,
        Heartbeats heartbeats,
        Map<String, String> options) {
    public NodeSettings {
        addresses = List.copyOf(addresses);
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        externalIpRanges = List.copyOf(externalIpRanges);
        options = Map.copyOf(options);
    }

    /** Packets and bytes are not counted, and heartbeats come as by default. */
    public NodeSettings(
            String nodeName,
            List<IpAddress> addresses,
            List<Cidr> podCidrs,
            List<Cidr> serviceCidrs,
            List<Cidr> externalIpRanges) {
        this(
                nodeName,
                addresses,
                podCidrs,
                serviceCidrs,
                externalIpRanges,
                false,
                Heartbeats.DEFAULT,
                Map.of());
    }

    /** Without external IPs. */
    public NodeSettings(
            String nodeName,
            List<IpAddress> addresses,
            List<Cidr> podCidrs,
            List<Cidr> serviceCidrs) {
        this(nodeName, addresses, podCidrs, serviceCidrs, List.of());
    }

    public NodeSettings countingTraffic(boolean counts) {
        return with(counts, heartbeats, options);
    }

    public NodeSettings withHeartbeats(Heartbeats other) {
        return with(countTraffic, other, options);
    }

    public NodeSettings withOptions(Map<String, String> other) {
        return with(countTraffic, heartbeats, other);
    }

    private NodeSettings with(boolean counts, Heartbeats beats, Map<String, String> plane) {
        return new NodeSettings(
                nodeName,
                addresses,
                podCidrs,
                serviceCidrs,
                externalIpRanges,
                counts,
                beats,
                plane);
    }
}
