package dev.weir.agent.nft;

import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules that do not depend on objects: hooks, and the chains behind them.
 *
 * <p>Path of a packet. Prerouting or output: {@code services} looks the destination up and rewrites
 * it. Forward, input or output: {@code judge} passes what the current policy generation has found
 * good, and what this node itself opened; refuses service addresses that nobody rewrote, or drops
 * them if they are of no Service at all; drops what an unknown pod sends or gets; and gives the
 * rest to {@code judge-pod}, which asks the source pod's egress chain, then the destination pod's
 * ingress chain. These see the addresses of the connection's tuples, the source before and the
 * destination after translation, so both directions of a connection get one verdict. Postrouting:
 * {@code nat-postrouting} masquerades, by {@code as-node}.
 */
final class FixedChains {
    private static final String ND =
            "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit,"
                    + " nd-neighbor-advert, nd-redirect } accept";

    private static final String AS_NODE = "as-node";

    private FixedChains() {}

    /**
     * @param own the node's own addresses, at most one of a family
     */
    static List<Chain> all(List<IpAddress> own) {
        List<Chain> chains = new ArrayList<>(List.of(Chain.of(Layout.VERSION_CHAIN)));
        chains.add(
                Chain.hooked(
                        "antispoof",
                        "filter hook prerouting priority raw",
                        ND,
                        "iifname %s fib saddr . iif oif missing counter name spoofed drop"
                                .formatted(Layout.POD_INTERFACES)));
        chains.add(
                Chain.hooked(
                        "guard",
                        "filter hook prerouting priority mangle",
                        "meta mark set meta mark or " + Marks.hex(Marks.GUARDED)));
        // After translation, which sets the mark anew.
        chains.add(
                Chain.hooked(
                        "own",
                        "filter hook output priority -50",
                        "ct state new ct direction original " + mark(Marks.OWN)));
        chains.add(
                Chain.hooked(
                        "nat-prerouting",
                        "nat hook prerouting priority dstnat",
                        "iifname " + Layout.POD_INTERFACES + " jump own-services",
                        "goto services"));
        chains.add(
                Chain.hooked(
                        "nat-output",
                        "nat hook output priority -100",
                        "ip saddr @live4 goto unlimited",
                        "ip6 saddr @live6 goto unlimited",
                        "jump own-services",
                        "goto services"));
        List<String> inner = balancers(Layout.OWN_SERVICES);
        List<String> anybody = anybody();
        chains.add(new Chain("own-services", "", with(limits(Layout.OWN_SOURCES), inner)));
        chains.add(new Chain("services", "", with(limits(Layout.SOURCES), anybody)));
        // A node that has a Service's address for itself may always use it as its own.
        chains.add(new Chain("unlimited", "", with(inner, anybody)));
        // A reset for TCP: ICMP errors are rate limited per client.
        chains.add(
                Chain.of(
                        Layout.NO_ENDPOINTS,
                        "counter name refused",
                        "meta l4proto tcp reject with tcp reset",
                        "reject with icmpx port-unreachable"));
        chains.add(Chain.of(Layout.WITHHELD, "counter name withheld drop"));
        chains.add(asNode(own));
        chains.add(masquerade());
        chains.add(Chain.hooked("forward", "filter hook forward priority filter", "goto judge"));
        chains.add(Chain.hooked("input", "filter hook input priority filter", "goto judge"));
        chains.addAll(judgement());
        return chains;
    }

    private static List<String> with(List<String> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream()).toList();
    }

    private static List<String> anybody() {
        List<String> rules = new ArrayList<>();
        for (boolean v6 : List.of(false, true)) {
            rules.add(
                    mark(Marks.SERVICE)
                            + " dnat %1$s to %1$s daddr . meta l4proto . th dport map @%2$s"
                                    .formatted(v6 ? "ip6" : "ip", Layout.NEAR + Layout.family(v6)));
        }
        // Not near: the mark had to be there before the look-up.
        rules.add("ct mark set ct mark and " + Marks.hex(~Marks.SERVICE));
        rules.addAll(balancers(Layout.SERVICES));
        return rules;
    }

    private static List<String> limits(String map) {
        return lookups("%s vmap @%s", map);
    }

    /** The number of a chain, and then the chain: see {@link BalancerCodes}. */
    private static List<String> balancers(String map) {
        return lookups("ct mark set %s map @%s ct mark vmap @" + Layout.BALANCERS, map);
    }

    private static List<String> lookups(String rule, String map) {
        return Stream.of("ip", "ip6")
                .map(
                        ip ->
                                rule.formatted(
                                        ip + " daddr . meta l4proto . th dport", map + family(ip)))
                .toList();
    }

    private static String family(String ip) {
        return Layout.family(ip.equals("ip6"));
    }

    /**
     * What is marked so is masqueraded, whoever the client is and wherever the endpoint. A pod that
     * reaches itself through a Service must be answered through this node. Who is no pod is
     * masqueraded on the way to a cluster IP, wherever the endpoint, and else on the way to an
     * endpoint elsewhere, which would answer directly; through other addresses an endpoint here
     * sees its client. Pods are masqueraded to the outside.
     */
    private static Chain masquerade() {
        List<String> rules = new ArrayList<>();
        String service = marked(Marks.SERVICE);
        String last = "goto " + AS_NODE;
        rules.add(marked(Marks.MASQUERADE) + " " + last);
        for (boolean v6 : List.of(false, true)) {
            String ip = v6 ? "ip6" : "ip";
            String self = "@" + Layout.SELF + Layout.family(v6);
            rules.add("%1$s saddr . %1$s daddr %2$s %3$s %4$s".formatted(ip, self, service, last));
            String clusterIp = "ct original " + ip + " daddr @vips" + Layout.family(v6);
            String pods = "@podcidrs" + Layout.family(v6);
            rules.add("%s %s %s saddr != %s %s".formatted(service, clusterIp, ip, pods, last));
        }
        rules.add("oifname " + Layout.POD_INTERFACES + " accept");
        for (boolean v6 : List.of(false, true)) {
            String ip = v6 ? "ip6" : "ip";
            String cluster = "@podcidrs" + Layout.family(v6);
            String nodes = "@" + Layout.NODES + Layout.family(v6);
            rules.add("%s %s saddr != %s %s".formatted(service, ip, cluster, last));
            rules.add(
                    "%1$s saddr %2$s %1$s daddr != %2$s %1$s daddr != %3$s %4$s"
                            .formatted(ip, cluster, nodes, last));
        }
        return new Chain("nat-postrouting", "nat hook postrouting priority srcnat", rules);
    }

    /**
     * A pod's link has no address of its own, and the kernel would take the first that any link
     * has, be it that of the pods' name server. So there it is the node's.
     */
    private static Chain asNode(List<IpAddress> own) {
        List<String> rules = new ArrayList<>();
        for (IpAddress address : own) {
            rules.add(
                    "oifname %s snat %s to %s fully-random"
                            .formatted(
                                    Layout.POD_INTERFACES, address.v6() ? "ip6" : "ip", address));
        }
        rules.add("masquerade fully-random");
        return new Chain(AS_NODE, "", rules);
    }

    private static List<Chain> judgement() {
        String pass = "ct mark @" + Layout.CURRENT + " accept";
        // An address that this node has itself, too, may be listened to beside its Services.
        String refuse = " fib daddr type != local goto " + Layout.NO_ENDPOINTS;
        List<String> bare =
                List.of(
                        "ip daddr @live4" + refuse,
                        "ip6 daddr @live6" + refuse,
                        "ip daddr @vips4 counter name vacant drop",
                        "ip6 daddr @vips6 counter name vacant drop");
        String from = "iifname " + Layout.POD_INTERFACES;
        String to = "oifname " + Layout.POD_INTERFACES;
        List<String> pods =
                Stream.of(
                                "ct original ip saddr @pods4",
                                "ct original ip6 saddr @pods6",
                                "ct reply ip saddr @pods4",
                                "ct reply ip6 saddr @pods6")
                        .map(match -> match + " goto judge-pod")
                        .toList();
        List<String> judge = new ArrayList<>();
        judge.add(pass);
        judge.add(ND);
        judge.add("ct state related meta l4proto { icmp, ipv6-icmp } accept");
        judge.addAll(bare);
        judge.add(marked(Marks.OWN) + " accept");
        judge.add(from + " ip saddr != @pods4 counter name unknown-pod drop");
        judge.add(from + " ip6 saddr != @pods6 counter name unknown-pod drop");
        judge.add(to + " ip daddr != @pods4 counter name unknown-pod drop");
        judge.add(to + " ip6 daddr != @pods6 counter name unknown-pod drop");
        judge.add(from + " ct state invalid,untracked counter name invalid drop");
        judge.add(to + " ct state invalid,untracked counter name invalid drop");
        judge.addAll(pods);
        List<String> output = new ArrayList<>();
        output.add(pass);
        output.add("ct state related accept"); // refusals and ICMP errors, made here
        output.add(marked(Marks.OWN) + " goto own-outward");
        output.addAll(pods);
        return List.of(
                new Chain("output", "filter hook output priority filter", output),
                new Chain("own-outward", "", bare),
                new Chain("judge", "", judge),
                Chain.of(
                        "judge-pod",
                        "meta mark set ct mark and "
                                + Marks.hex(Marks.LASTING)
                                + " map @"
                                + Layout.STAMP,
                        "ip saddr . ip daddr @self4 goto pass",
                        "ip6 saddr . ip6 daddr @self6 goto pass",
                        "ct original ip saddr vmap @egress4",
                        "ct original ip6 saddr vmap @egress6",
                        "ct reply ip saddr vmap @ingress4",
                        "ct reply ip6 saddr vmap @ingress6",
                        "goto pass"),
                Chain.of("pass", "ct mark set meta mark accept"));
    }

    private static String mark(int bit) {
        return "ct mark set ct mark or " + Marks.hex(bit);
    }

    private static String marked(int bit) {
        return "ct mark and %1$s == %1$s".formatted(Marks.hex(bit));
    }
}
