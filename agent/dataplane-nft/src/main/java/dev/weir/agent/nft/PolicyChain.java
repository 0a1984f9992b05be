package dev.weir.agent.nft;

import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The rules of one direction of one or more pods: a rule that allows returns, and the end drops.
 * Named by the hash of its content, hence never changed: another filter is another chain.
 *
 * @param sets the group sets that the rules name
 */
record PolicyChain(Chain chain, Set<String> sets) {
    /** Whose chain it is, and so whose address the peer's is compared with. */
    enum Direction {
        /** From the pod: the peer is the destination, after any Service. */
        EGRESS(Layout.EGRESS_CHAIN, "ct reply"),
        /** To the pod: the peer is the source, before any masquerading. */
        INGRESS(Layout.INGRESS_CHAIN, "ct original");

        private final String prefix;
        private final String peer;

        Direction(String prefix, String peer) {
            this.prefix = prefix;
            this.peer = peer;
        }

        private String peer(boolean v6) {
            return peer + (v6 ? " ip6 saddr" : " ip saddr");
        }
    }

    PolicyChain {
        sets = Set.copyOf(sets);
    }

    /** Empty for an open filter: no chain at all. */
    static Optional<PolicyChain> compile(Direction direction, Filter filter) {
        return switch (filter) {
            case Filter.Open open -> Optional.empty();
            case Filter.Isolated isolated -> Optional.of(compile(direction, isolated));
        };
    }

    private static PolicyChain compile(Direction direction, Filter.Isolated filter) {
        Set<String> lines = new TreeSet<>(); // a union, so order carries no meaning
        Set<String> sets = new TreeSet<>();
        for (Filter.Allow allow : filter.rules()) {
            for (String peer : peers(direction, allow.peer(), sets)) {
                for (String ports : ports(allow.ports())) {
                    lines.add((peer + ports + "return").strip());
                }
            }
        }
        List<String> rules = new ArrayList<>(lines);
        rules.add("counter name denied drop");
        String name = direction.prefix + ContentHash.of(String.join("\n", rules));
        return new PolicyChain(new Chain(name, "", rules), sets);
    }

    private static List<String> peers(Direction direction, Filter.Peer peer, Set<String> sets) {
        return switch (peer) {
            case Filter.Anyone anyone -> List.of("");
            case Filter.Group group -> {
                List<String> matches = new ArrayList<>();
                for (boolean v6 : List.of(false, true)) {
                    String set = groupSet(group.name(), v6);
                    sets.add(set);
                    matches.add(direction.peer(v6) + " @" + set + " ");
                }
                yield matches;
            }
            case Filter.Block block -> List.of(block(direction, block));
        };
    }

    private static String block(Direction direction, Filter.Block block) {
        boolean v6 = block.cidr().v6();
        StringBuilder match = new StringBuilder("meta nfproto ipv").append(v6 ? '6' : '4');
        if (block.cidr().prefix() > 0) {
            match.append(' ').append(direction.peer(v6)).append(' ').append(block.cidr());
        }
        List<Cidr> excepts = outermost(block.except(), v6);
        if (!excepts.isEmpty()) {
            String set = excepts.stream().map(Cidr::toString).collect(Collectors.joining(", "));
            match.append(' ').append(direction.peer(v6)).append(" != { ").append(set).append(" }");
        }
        return match.append(' ').toString();
    }

    /** Without those inside another: nft refuses overlapping intervals. */
    static List<Cidr> outermost(List<Cidr> cidrs, boolean v6) {
        List<Cidr> result = new ArrayList<>();
        for (Cidr cidr : new TreeSet<>(cidrs)) {
            boolean inside = result.stream().anyMatch(other -> other.contains(cidr));
            if (cidr.v6() == v6 && !inside) {
                result.add(cidr);
            }
        }
        return result;
    }

    /** One match per protocol; a single empty one if there is no restriction. */
    private static List<String> ports(List<Filter.Ports> ports) {
        if (ports.isEmpty()) {
            return List.of("");
        }
        Map<Protocol, List<Filter.Ports>> byProtocol = new EnumMap<>(Protocol.class);
        ports.forEach(p -> byProtocol.computeIfAbsent(p.protocol(), k -> new ArrayList<>()).add(p));
        return byProtocol.entrySet().stream()
                .map(e -> "meta l4proto " + e.getKey().number() + " " + ranges(e.getValue()))
                .toList();
    }

    private static String ranges(List<Filter.Ports> ports) {
        List<int[]> merged = new ArrayList<>();
        ports.stream()
                .map(p -> new int[] {p.first(), p.last()})
                .sorted((a, b) -> Integer.compare(a[0], b[0]))
                .forEach(
                        next -> {
                            int[] last = merged.isEmpty() ? null : merged.getLast();
                            if (last != null && next[0] <= last[1] + 1) {
                                last[1] = Math.max(last[1], next[1]);
                            } else {
                                merged.add(next);
                            }
                        });
        if (merged.getFirst()[0] <= 1 && merged.getFirst()[1] == 0xffff) {
            return "";
        }
        String text =
                merged.stream()
                        .map(r -> r[0] == r[1] ? "" + r[0] : r[0] + "-" + r[1])
                        .collect(Collectors.joining(", "));
        return "ct reply proto-src " + (merged.size() == 1 ? text : "{ " + text + " }") + " ";
    }

    /** The set of a group's members of one family. */
    static String groupSet(String group, boolean v6) {
        return Layout.GROUP + Layout.family(v6) + "-" + ContentHash.of(group);
    }

    /** The sets and elements that a group consists of. */
    static ElementKey member(String group, IpAddress member) {
        return ElementKey.of(groupSet(group, member.v6()), member);
    }
}
