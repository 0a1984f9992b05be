package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;

/**
 * What of the zone does not come from the change stream.
 *
 * @param domain the cluster domain, usually cluster.local; at most 59 octets, so that every name of
 *     three full labels below svc fits
 * @param ttl seconds of every record but the version, and of negative answers; 0 to 3600
 * @param serverAddresses what {@code ns.dns.DOMAIN} resolves to: the cluster address of DNS
 * @param reverse ranges of pod and cluster addresses whose reverse names are ours; those of
 *     ServiceCIDRs too, whatever this says
 */
public record ZoneSettings(
        DnsName domain, int ttl, List<IpAddress> serverAddresses, List<Cidr> reverse) {
    /** As CoreDNS. Short, since nothing but other people's caches holds these answers. */
    public static final int DEFAULT_TTL = 5;

    public static final int MAX_TTL = 3600;

    /** For {@code cluster.local}, without server addresses and reverse zones. */
    public static final ZoneSettings DEFAULT =
            new ZoneSettings(DnsName.of("cluster.local"), DEFAULT_TTL, List.of(), List.of());

    private static final int MAX_DOMAIN_OCTETS = 59;

    public ZoneSettings {
        if (domain.isRoot() || domain.length() > MAX_DOMAIN_OCTETS) {
            throw new IllegalArgumentException(
                    "cluster domain must have 2 to 59 octets: " + domain);
        }
        if (ttl < 0 || ttl > MAX_TTL) {
            throw new IllegalArgumentException("ttl must be 0 to 3600 seconds: " + ttl);
        }
        serverAddresses = List.copyOf(serverAddresses);
        reverse = List.copyOf(reverse);
    }
}
