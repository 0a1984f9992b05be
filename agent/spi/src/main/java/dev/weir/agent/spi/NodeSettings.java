package dev.weir.agent.spi;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;

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
 */
public record NodeSettings(
        String nodeName,
        List<IpAddress> addresses,
        List<Cidr> podCidrs,
        List<Cidr> serviceCidrs,
        List<Cidr> externalIpRanges,
        boolean countTraffic,
        Heartbeats heartbeats) {
    public NodeSettings {
        addresses = List.copyOf(addresses);
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        externalIpRanges = List.copyOf(externalIpRanges);
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
                Heartbeats.DEFAULT);
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
        return new NodeSettings(
                nodeName, addresses, podCidrs, serviceCidrs, externalIpRanges, counts, heartbeats);
    }

    public NodeSettings withHeartbeats(Heartbeats other) {
        return new NodeSettings(
                nodeName, addresses, podCidrs, serviceCidrs, externalIpRanges, countTraffic, other);
    }
}
