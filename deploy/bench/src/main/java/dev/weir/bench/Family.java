package dev.weir.bench;

import dev.weir.cli.CliError;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An IP family, with the ranges and addresses that benchmarks use of it. */
enum Family {
    IPV4("IPv4", "10.96.0.0/12", "10.128.0.0/9", "192.0.2.1", "192.0.2.2", 24),
    IPV6("IPv6", "fd96::/108", "fd01::/64", "2001:db8::1", "2001:db8::2", 64);

    private static final String BOTH = "both";

    private final String title;
    private final Cidr services;
    private final Cidr pods;
    private final IpAddress node;
    private final IpAddress host;
    private final int link;

    Family(String title, String services, String pods, String node, String host, int link) {
        this.title = title;
        this.services = Cidr.of(services);
        this.pods = Cidr.of(pods);
        this.node = IpAddress.of(node);
        this.host = IpAddress.of(host);
        this.link = link;
    }

    /** Reads {@code ipv4}, {@code ipv6} or {@code both}. Throws CliError. */
    static List<Family> parse(String text) {
        if (text.equals(BOTH)) {
            return List.of(values());
        }
        return Arrays.stream(values())
                .filter(family -> family.typed().equals(text))
                .findFirst()
                .map(List::of)
                .orElseThrow(
                        () -> new CliError("family \"" + text + "\" is not ipv4, ipv6 or both"));
    }

    /** As {@link #parse} reads it. */
    String typed() {
        return title.toLowerCase(Locale.ROOT);
    }

    /** The range of Services' addresses. */
    Cidr services() {
        return services;
    }

    /** The range of endpoints' addresses, and of the client's. */
    Cidr pods() {
        return pods;
    }

    /** A pod of the node. */
    IpAddress client() {
        return pods.base().plus(2);
    }

    IpAddress node() {
        return node;
    }

    /** The host beside the node, which has all endpoints. */
    IpAddress host() {
        return host;
    }

    /** The length of the prefix that these two have in common. */
    int link() {
        return link;
    }

    /** As nft calls it, and the addresses in its headers. */
    String nft() {
        return this == IPV6 ? "ip6" : "ip";
    }

    /** As nft calls the type of its addresses. */
    String addressType() {
        return this == IPV6 ? "ipv6_addr" : "ipv4_addr";
    }

    @Override
    public String toString() {
        return title;
    }
}
