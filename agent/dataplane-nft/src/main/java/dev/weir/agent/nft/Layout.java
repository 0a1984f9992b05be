package dev.weir.agent.nft;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of the ruleset that does not depend on objects: hooks, fixed chains, maps and sets.
 *
 * <p>Path of a packet. Prerouting or output: {@code services} looks the destination up and rewrites
 * it. Forward, input or output: {@code judge} passes what the current policy generation has found
 * good, and what this node itself opened; refuses service addresses that nobody rewrote; drops what
 * an unknown pod sends or gets; and gives the rest to {@code judge-pod}, which asks the source
 * pod's egress chain, then the destination pod's ingress chain. These see the addresses of the
 * connection's tuples, the source before and the destination after translation, so both directions
 * of a connection get one verdict. Postrouting: {@code nat-postrouting} masquerades.
 */
final class Layout {
    static final String TABLE = "weir";

    /**
     * Raise the number when a set or map changes its type: a table of another number is replaced.
     */
    static final String VERSION_CHAIN = "layout-1";

    /** All host-side interfaces of pods, and nothing else, begin so. */
    static final String POD_INTERFACES = "\"weir*\"";

    static final String NO_ENDPOINTS = "no-endpoints";
    static final String CURRENT = "current";
    static final String STAMP = "stamp";

    /** Sets and maps of elements that follow objects, one per family: add "4" or "6". */
    static final String NEAR = "near";

    static final String SERVICES = "svc";
    static final String ENDPOINTS = "eps";
    static final String PODS = "pods";
    static final String SELF = "self";
    static final String NODES = "nodes";
    static final String EGRESS = "egress";
    static final String INGRESS = "ingress";

    /** Prefixes of what comes and goes with objects. */
    static final String GROUP = "g";

    static final String BALANCER = "lb";
    static final String EGRESS_CHAIN = "egress-";
    static final String INGRESS_CHAIN = "ingress-";

    private static final List<String> COUNTERS =
            List.of("denied", "unknown-pod", "spoofed", "invalid", "lost", "refused");

    private static final String ND =
            "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit,"
                    + " nd-neighbor-advert, nd-redirect } accept";

    private Layout() {}

    static String family(boolean v6) {
        return v6 ? "6" : "4";
    }

    /** The chain that spreads connections over so many endpoints. */
    static String balancer(boolean v6, int endpoints) {
        return endpoints == 0 ? NO_ENDPOINTS : BALANCER + family(v6) + "-" + endpoints;
    }

    /**
     * One per distinct number of endpoints, since numgen's modulus is a constant. A miss would mean
     * a broken map; the connection must not go on to the bare service address.
     */
    static Chain balancerChain(boolean v6, int endpoints) {
        String ip = v6 ? "ip6" : "ip";
        return Chain.of(
                balancer(v6, endpoints),
                "ct mark set numgen random mod %d offset %d".formatted(endpoints, Marks.slot(0)),
                "dnat %1$s to %1$s daddr . meta l4proto . th dport . ct mark map @%2$s"
                        .formatted(ip, ENDPOINTS + family(v6)),
                "counter name lost drop");
    }

    private static String mark(int bit) {
        return "ct mark set ct mark or " + Marks.hex(bit);
    }

    private static String marked(int bit) {
        return "ct mark and %1$s == %1$s".formatted(Marks.hex(bit));
    }

    static List<Chain> chains() {
        List<Chain> chains = new ArrayList<>(List.of(Chain.of(VERSION_CHAIN)));
        chains.add(
                Chain.hooked(
                        "antispoof",
                        "filter hook prerouting priority raw",
                        ND,
                        "iifname %s fib saddr . iif oif missing counter name spoofed drop"
                                .formatted(POD_INTERFACES)));
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
                        "nat-prerouting", "nat hook prerouting priority dstnat", "goto services"));
        chains.add(Chain.hooked("nat-output", "nat hook output priority -100", "goto services"));
        chains.add(services());
        // A reset for TCP: ICMP errors are rate limited per client.
        chains.add(
                Chain.of(
                        NO_ENDPOINTS,
                        "counter name refused",
                        "meta l4proto tcp reject with tcp reset",
                        "reject with icmpx port-unreachable"));
        chains.add(masquerade());
        chains.add(Chain.hooked("forward", "filter hook forward priority filter", "goto judge"));
        chains.add(Chain.hooked("input", "filter hook input priority filter", "goto judge"));
        chains.addAll(judgement());
        return chains;
    }

    private static Chain services() {
        List<String> rules = new ArrayList<>();
        for (boolean v6 : List.of(false, true)) {
            rules.add(
                    mark(Marks.SERVICE)
                            + " dnat %1$s to %1$s daddr . meta l4proto . th dport map @%2$s"
                                    .formatted(v6 ? "ip6" : "ip", NEAR + family(v6)));
        }
        for (boolean v6 : List.of(false, true)) {
            rules.add(
                    "%s daddr . meta l4proto . th dport vmap @%s"
                            .formatted(v6 ? "ip6" : "ip", SERVICES + family(v6)));
        }
        return new Chain("services", "", rules);
    }

    /**
     * A pod that reaches itself through a Service must be answered through this node. Clients from
     * outside the cluster are masqueraded on their way to an endpoint elsewhere, which would answer
     * them directly; an endpoint here sees their address. Pods are masqueraded to the outside.
     */
    private static Chain masquerade() {
        List<String> rules = new ArrayList<>();
        String service = marked(Marks.SERVICE);
        String last = "masquerade fully-random";
        for (boolean v6 : List.of(false, true)) {
            String ip = v6 ? "ip6" : "ip";
            String self = "@" + SELF + family(v6);
            rules.add("%1$s saddr . %1$s daddr %2$s %3$s %4$s".formatted(ip, self, service, last));
        }
        rules.add("oifname " + POD_INTERFACES + " accept");
        for (boolean v6 : List.of(false, true)) {
            String ip = v6 ? "ip6" : "ip";
            String cluster = "@podcidrs" + family(v6);
            String nodes = "@" + NODES + family(v6);
            rules.add("%s %s saddr != %s %s".formatted(service, ip, cluster, last));
            rules.add(
                    "%1$s saddr %2$s %1$s daddr != %2$s %1$s daddr != %3$s %4$s"
                            .formatted(ip, cluster, nodes, last));
        }
        return new Chain("nat-postrouting", "nat hook postrouting priority srcnat", rules);
    }

    private static List<Chain> judgement() {
        String pass = "ct mark @" + CURRENT + " accept";
        String refuse4 = "ip daddr @vips4 goto " + NO_ENDPOINTS;
        String refuse6 = "ip6 daddr @vips6 goto " + NO_ENDPOINTS;
        String from = "iifname " + POD_INTERFACES;
        String to = "oifname " + POD_INTERFACES;
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
        judge.add(refuse4);
        judge.add(refuse6);
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
                Chain.of("own-outward", refuse4, refuse6),
                new Chain("judge", "", judge),
                Chain.of(
                        "judge-pod",
                        "meta mark set ct mark and " + Marks.hex(Marks.SERVICE) + " map @" + STAMP,
                        "ip saddr . ip daddr @self4 goto pass",
                        "ip6 saddr . ip6 daddr @self6 goto pass",
                        "ct original ip saddr vmap @egress4",
                        "ct original ip6 saddr vmap @egress6",
                        "ct reply ip saddr vmap @ingress4",
                        "ct reply ip6 saddr vmap @ingress6",
                        "goto pass"),
                Chain.of("pass", "ct mark set meta mark accept"));
    }

    /**
     * Makes the table what it should be, elements of objects aside; harmless to repeat. Until
     * elements come, pods are unknown and so cut off.
     *
     * @param replace whether a table of another layout must go
     * @param restart whether the policy generation starts over
     */
    static String text(NodeSettings settings, boolean replace, boolean restart) {
        StringBuilder text = new StringBuilder();
        if (replace) {
            text.append("delete table inet " + TABLE + "\n");
        }
        text.append("add table inet " + TABLE + "\n");
        COUNTERS.forEach(name -> text.append(add("counter", name)).append('\n'));
        text.append(add("set", CURRENT)).append(" { type mark; }\n");
        text.append(add("map", STAMP)).append(" { typeof ct mark : ct mark; }\n");
        for (boolean v6 : List.of(false, true)) {
            sets(text, v6);
            ranges(text, "podcidrs", v6, settings.podCidrs());
            ranges(text, "vips", v6, settings.serviceCidrs());
        }
        if (restart) {
            text.append("flush set inet " + TABLE + " " + CURRENT + "\n");
            text.append("flush map inet " + TABLE + " " + STAMP + "\n");
            text.append(generation(Marks.FIRST_GENERATION));
        }
        chains().forEach(chain -> text.append(chain.declare()));
        chains().forEach(chain -> text.append(chain.fill()));
        return text.toString();
    }

    private static void sets(StringBuilder text, boolean v6) {
        String f = family(v6);
        String address = v6 ? "ipv6_addr" : "ipv4_addr";
        String service = address + " . inet_proto . inet_service";
        text.append(add("set", PODS + f)).append(" { type " + address + "; }\n");
        text.append(add("set", NODES + f)).append(" { type " + address + "; }\n");
        text.append(add("set", SELF + f)).append(" { type " + address + " . " + address + "; }\n");
        text.append(add("map", EGRESS + f)).append(" { type " + address + " : verdict; }\n");
        text.append(add("map", INGRESS + f)).append(" { type " + address + " : verdict; }\n");
        text.append(add("map", SERVICES + f)).append(" { type " + service + " : verdict; }\n");
        text.append(add("map", NEAR + f))
                .append(" { type " + service + " : " + address + " . inet_service;")
                .append(" flags timeout; }\n");
        text.append(add("map", ENDPOINTS + f))
                .append(" { type " + service + " . mark : " + address + " . inet_service; }\n");
    }

    private static void ranges(StringBuilder text, String name, boolean v6, List<Cidr> cidrs) {
        String set = name + family(v6);
        String type = v6 ? "ipv6_addr" : "ipv4_addr";
        text.append(add("set", set))
                .append(" { type " + type + "; flags interval; auto-merge; }\n");
        text.append("flush set inet " + TABLE + " " + set + "\n");
        String elements =
                cidrs.stream()
                        .filter(cidr -> cidr.v6() == v6)
                        .map(Cidr::toString)
                        .collect(Collectors.joining(", "));
        if (!elements.isEmpty()) {
            text.append(add("element", set)).append(" { " + elements + " }\n");
        }
    }

    private static String generation(int generation) {
        int plain = Marks.judged(generation, 0);
        int service = Marks.judged(generation, Marks.SERVICE);
        return add("element", CURRENT)
                + " { %s, %s }\n".formatted(Marks.hex(plain), Marks.hex(service))
                + add("element", STAMP)
                + " { 0 : %s, %d : %s }\n"
                        .formatted(Marks.hex(plain), Marks.SERVICE, Marks.hex(service));
    }

    /** A set of group members. */
    static String groupSet(String name) {
        String type = name.startsWith(GROUP + "6") ? "ipv6_addr" : "ipv4_addr";
        return add("set", name) + " { type " + type + "; }\n";
    }

    /** Chains that come and go with policies. */
    static boolean policyChain(String name) {
        return name.startsWith(EGRESS_CHAIN) || name.startsWith(INGRESS_CHAIN);
    }

    /** Chains that come and go with objects. */
    static boolean transientChain(String name) {
        return policyChain(name) || name.startsWith(BALANCER);
    }

    /** Sets that come and go with groups. */
    static boolean transientSet(String name) {
        return name.startsWith(GROUP + "4-") || name.startsWith(GROUP + "6-");
    }

    private static String add(String what, String name) {
        return "add " + what + " inet " + TABLE + " " + name;
    }
}
