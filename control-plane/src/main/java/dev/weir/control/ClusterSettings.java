package dev.weir.control;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.node.v1.JoinResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What holds for the whole cluster.
 *
 * @param podCidrs at most one per family; blocks of pod addresses are cut from them
 * @param serviceCidrs at most one per family; the first family is the Services' default
 * @param externalIpRanges what externalIPs are programmed
 * @param dnsAddresses of the Service kube-system/kube-dns, within the service CIDRs
 * @param reportInterval how often an agent reports when nothing changes
 */
public record ClusterSettings(
        String clusterDomain,
        List<Cidr> podCidrs,
        List<Cidr> serviceCidrs,
        List<Cidr> externalIpRanges,
        List<IpAddress> dnsAddresses,
        Duration reportInterval) {
    public ClusterSettings {
        podCidrs = List.copyOf(podCidrs);
        serviceCidrs = List.copyOf(serviceCidrs);
        externalIpRanges = List.copyOf(externalIpRanges);
        dnsAddresses = List.copyOf(dnsAddresses);
    }

    /**
     * What the configuration says.
     *
     * @param dns the address of kube-dns in a service CIDR
     * @throws IllegalArgumentException for what is not a range
     */
    public static ClusterSettings of(ClusterConfig config, Function<Cidr, IpAddress> dns) {
        List<Cidr> serviceCidrs = config.serviceCidrs().stream().map(Cidr::of).toList();
        return new ClusterSettings(
                config.clusterDomain(),
                config.podCidrs().stream().map(Cidr::of).toList(),
                serviceCidrs,
                config.externalIpRanges().orElse(List.of()).stream().map(Cidr::of).toList(),
                serviceCidrs.stream().map(dns).toList(),
                config.reportInterval());
    }

    JoinResponse toJoinResponse() {
        return JoinResponse.newBuilder()
                .setClusterDomain(clusterDomain)
                .addAllPodCidrs(podCidrs.stream().map(Cidr::toString).toList())
                .addAllServiceCidrs(serviceCidrs.stream().map(Cidr::toString).toList())
                .addAllExternalIpRanges(externalIpRanges.stream().map(Cidr::toString).toList())
                .addAllDnsAddresses(dnsAddresses.stream().map(IpAddress::toString).toList())
                .setReportIntervalMs(Math.toIntExact(reportInterval.toMillis()))
                .build();
    }
}
