package dev.weir.dns.resolvconf;

import dev.weir.model.IpAddress;
import java.util.List;
import java.util.stream.Stream;

/** A pod's resolv.conf for DNS policy ClusterFirst, as the kubelet writes it. */
public final class PodResolvConf {
    /** As the C library (MAXNS); more are not read. */
    private static final int MAX_NAMESERVERS = 3;

    /** As the kubelet since 1.28: 32 domains, 2048 characters with the blanks between them. */
    private static final int MAX_SEARCHES = 32;

    private static final int MAX_SEARCH_CHARACTERS = 2048;

    /** The longest a name can be as text; a longer domain could never match. */
    private static final int MAX_DOMAIN_CHARACTERS = 253;

    private PodResolvConf() {}

    /**
     * The file: nameservers of the cluster only; the cluster's search domains, then the host's;
     * ndots:5 in place of the host's options.
     *
     * @param clusterDomain without final dot
     * @param dnsAddresses of cluster DNS; without any the pod gets the host's file, as with policy
     *     Default
     */
    public static String render(
            String namespace,
            String clusterDomain,
            List<IpAddress> dnsAddresses,
            ResolvConf hostResolvConf) {
        if (dnsAddresses.isEmpty()) {
            return hostResolvConf.render();
        }
        String services = "svc." + clusterDomain;
        Stream<String> cluster = Stream.of(namespace + "." + services, services, clusterDomain);
        List<String> searches =
                Stream.concat(cluster, hostResolvConf.searches().stream())
                        .filter(domain -> domain.length() <= MAX_DOMAIN_CHARACTERS)
                        .distinct()
                        .limit(MAX_SEARCHES)
                        .toList();
        List<IpAddress> nameservers = dnsAddresses.stream().limit(MAX_NAMESERVERS).toList();
        return new ResolvConf(nameservers, fitting(searches), List.of("ndots:5")).render();
    }

    /** The first ones, as far as the line has room for whole domains. */
    private static List<String> fitting(List<String> searches) {
        int count = searches.size();
        while (String.join(" ", searches.subList(0, count)).length() > MAX_SEARCH_CHARACTERS) {
            count--;
        }
        return searches.subList(0, count);
    }
}
