package dev.weir.agent.nft;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.Cidr;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The table: the names of what is in it, its sets and maps, and the text that lays its fixed part;
 * the rules of that are {@link FixedChains}.
 */
final class Layout {
    static final String TABLE = "weir";

    /**
     * Raise the number when a set or map changes its type: a table of another number is replaced.
     */
    static final String VERSION_CHAIN = "layout-4";

    /** All host-side interfaces of pods, and nothing else, begin so. */
    static final String POD_INTERFACES = "\"weir*\"";

    static final String NO_ENDPOINTS = "no-endpoints";
    static final String WITHHELD = "withheld";
    static final String CURRENT = "current";
    static final String STAMP = "stamp";

    /** Sets and maps of elements that follow objects, one per family: add "4" or "6". */
    static final String NEAR = "near";

    static final String SERVICES = "svc";
    static final String OWN_SERVICES = "inner";
    static final String BALANCERS = "balancers";
    static final String SOURCES = "sources";
    static final String OWN_SOURCES = "inner-sources";
    static final String TRAFFIC = "traffic";
    static final String LIVE = "live";
    static final String ENDPOINTS = "eps";
    static final String IDS = "ids";
    static final String CLIENTS = "clients";
    static final String PODS = "pods";
    static final String SELF = "self";
    static final String NODES = "nodes";
    static final String EGRESS = "egress";
    static final String INGRESS = "ingress";

    /** Ranges of cluster IPs, by family; what of them has no frontend is dropped. */
    static final String VIPS = "vips";

    /** Prefixes of what comes and goes with objects. */
    static final String GROUP = "g";

    static final String BALANCER = "lb";
    static final String SOURCE_CHAIN = "src";
    static final String EGRESS_CHAIN = "egress-";
    static final String INGRESS_CHAIN = "ingress-";

    private static final List<String> COUNTERS =
            List.of(
                    "denied",
                    "unknown-pod",
                    "spoofed",
                    "invalid",
                    "lost",
                    "refused",
                    "withheld",
                    "unlisted",
                    "vacant");

    private Layout() {}

    static String family(boolean v6) {
        return v6 ? "6" : "4";
    }

    /**
     * Makes the table what it should be, elements of objects aside; harmless to repeat. Until
     * elements come, pods are unknown and so cut off.
     *
     * @param vips the ranges of cluster IPs
     * @param replace whether a table of another layout must go
     * @param restart whether the policy generation starts over
     */
    static String text(NodeSettings settings, List<Cidr> vips, boolean replace, boolean restart) {
        StringBuilder text = new StringBuilder();
        if (replace) {
            text.append("delete table inet " + TABLE + "\n");
        }
        text.append("add table inet " + TABLE + "\n");
        COUNTERS.forEach(name -> text.append(add("counter", name)).append('\n'));
        text.append(add("set", CURRENT)).append(" { type mark; }\n");
        text.append(add("map", BALANCERS)).append(" { type mark : verdict; }\n");
        text.append(add("map", STAMP)).append(" { typeof ct mark : ct mark; }\n");
        for (boolean v6 : List.of(false, true)) {
            sets(text, v6);
            ranges(text, "podcidrs", v6, settings.podCidrs());
            ranges(text, VIPS, v6, vips);
        }
        if (restart) {
            text.append("flush set inet " + TABLE + " " + CURRENT + "\n");
            text.append("flush map inet " + TABLE + " " + STAMP + "\n");
            text.append(generation(Marks.FIRST_GENERATION));
        }
        List<Chain> fixed = FixedChains.all(settings.addresses());
        fixed.forEach(chain -> text.append(chain.declare()));
        fixed.forEach(chain -> text.append(chain.fill()));
        traffic(text, settings.countTraffic());
        return text.toString();
    }

    /** Lays what counts packets, or takes away what a former agent laid. */
    private static void traffic(StringBuilder text, boolean counted) {
        for (boolean v6 : List.of(false, true)) {
            text.append(add("set", TRAFFIC + family(v6)))
                    .append(" { type " + service(v6) + "; counter; }\n");
        }
        List<Chain> chains = Meters.chains();
        chains.forEach(chain -> text.append(chain.declare()));
        if (counted) {
            chains.forEach(chain -> text.append(chain.fill()));
            return;
        }
        chains.forEach(chain -> text.append(chain.empty()));
        chains.forEach(chain -> text.append(delete("chain", chain.name())));
        text.append(delete("set", TRAFFIC + family(false)));
        text.append(delete("set", TRAFFIC + family(true)));
    }

    /** Makes these the ranges of cluster IPs; harmless to repeat. */
    static String vips(List<Cidr> vips) {
        StringBuilder text = new StringBuilder();
        for (boolean v6 : List.of(false, true)) {
            ranges(text, VIPS, v6, vips);
        }
        return text.toString();
    }

    private static void sets(StringBuilder text, boolean v6) {
        String f = family(v6);
        String address = v6 ? "ipv6_addr" : "ipv4_addr";
        String service = service(v6);
        text.append(add("set", PODS + f)).append(" { type " + address + "; }\n");
        text.append(add("set", NODES + f)).append(" { type " + address + "; }\n");
        text.append(add("set", SELF + f)).append(" { type " + address + " . " + address + "; }\n");
        text.append(add("map", EGRESS + f)).append(" { type " + address + " : verdict; }\n");
        text.append(add("map", INGRESS + f)).append(" { type " + address + " : verdict; }\n");
        text.append(add("set", LIVE + f)).append(" { type " + address + "; }\n");
        for (String map : List.of(SERVICES, OWN_SERVICES)) {
            text.append(add("map", map + f)).append(" { type " + service + " : mark; counter; }\n");
        }
        for (String map : List.of(SOURCES, OWN_SOURCES)) {
            text.append(add("map", map + f)).append(" { type " + service + " : verdict; }\n");
        }
        text.append(add("map", NEAR + f))
                .append(" { type " + service + " : " + address + " . inet_service;")
                .append(" flags timeout; }\n");
        text.append(add("map", ENDPOINTS + f))
                .append(" { type " + service + " . mark : " + address + " . inet_service; }\n");
        text.append(add("map", IDS + f)).append(" { type " + service + " . mark : mark; }\n");
        text.append(add("map", CLIENTS + f))
                .append(" { type " + Affinity.keyType(v6) + " : mark;")
                .append(" flags dynamic,timeout; size " + Affinity.MAX_CLIENTS + "; }\n");
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
        String marks =
                Generation.LASTING.stream()
                        .map(bits -> Marks.hex(Marks.judged(generation, bits)))
                        .collect(Collectors.joining(", "));
        String stamps =
                Generation.LASTING.stream()
                        .map(
                                bits ->
                                        Marks.hex(bits)
                                                + " : "
                                                + Marks.hex(Marks.judged(generation, bits)))
                        .collect(Collectors.joining(", "));
        return add("element", CURRENT)
                + " { "
                + marks
                + " }\n"
                + add("element", STAMP)
                + " { "
                + stamps
                + " }\n";
    }

    static String noBalancers() {
        return "flush map inet " + TABLE + " " + BALANCERS + "\n";
    }

    static String balancer(int code, String chain) {
        String element = Marks.hex(code) + " : goto " + chain;
        return add("element", BALANCERS) + " { " + element + " }\n";
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

    /** Chains that frontends lead to. */
    static boolean serviceChain(String name) {
        return name.startsWith(BALANCER) || name.startsWith(SOURCE_CHAIN);
    }

    /** Chains that come and go with objects. */
    static boolean transientChain(String name) {
        return policyChain(name) || serviceChain(name);
    }

    /** Sets that come and go with groups. */
    static boolean transientSet(String name) {
        return name.startsWith(GROUP + "4-") || name.startsWith(GROUP + "6-");
    }

    private static String service(boolean v6) {
        return (v6 ? "ipv6_addr" : "ipv4_addr") + " . inet_proto . inet_service";
    }

    private static String delete(String what, String name) {
        return "delete " + what + " inet " + TABLE + " " + name + "\n";
    }

    private static String add(String what, String name) {
        return "add " + what + " inet " + TABLE + " " + name;
    }
}
