package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.dns.wire.RrSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;

/**
 * All existing names. Immutable; a change costs the logarithm of the size per changed name.
 *
 * <p>Invariant: with a name every name between it and its apex is there, and each node counts its
 * children; so absent means NXDOMAIN, and present without records means NODATA.
 */
record NameTree(HashPMap<DnsName, Node> nodes) {
    static final NameTree EMPTY = new NameTree(HashTreePMap.empty());

    Optional<Node> get(DnsName name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /** Puts what the giver now has to say in place of what it said before. */
    NameTree replace(
            String giver, Map<DnsName, List<RrSet>> before, Map<DnsName, List<RrSet>> after) {
        HashPMap<DnsName, Node> next = nodes;
        for (var entry : after.entrySet()) {
            if (!entry.getValue().equals(before.get(entry.getKey()))) {
                next = put(next, entry.getKey(), giver, entry.getValue());
            }
        }
        for (DnsName name : before.keySet()) {
            if (!after.containsKey(name)) {
                next = remove(next, name, giver);
            }
        }
        return new NameTree(next);
    }

    private static HashPMap<DnsName, Node> put(
            HashPMap<DnsName, Node> nodes, DnsName name, String giver, List<RrSet> records) {
        Node old = nodes.get(name);
        if (old != null) {
            return nodes.plus(name, old.with(giver, records));
        }
        return born(nodes.plus(name, Node.EMPTY.with(giver, records)), name);
    }

    /** Counts a new name at its parent, which may thereby come to exist itself. */
    private static HashPMap<DnsName, Node> born(HashPMap<DnsName, Node> nodes, DnsName name) {
        if (name.isRoot()) {
            return nodes;
        }
        DnsName parent = name.parent();
        Node old = nodes.get(parent);
        return old == null
                ? born(nodes.plus(parent, Node.EMPTY.withChildren(1)), parent)
                : nodes.plus(parent, old.withChildren(old.children() + 1));
    }

    private static HashPMap<DnsName, Node> remove(
            HashPMap<DnsName, Node> nodes, DnsName name, String giver) {
        Node old = nodes.get(name);
        return old == null ? nodes : settle(nodes, name, old.without(giver));
    }

    /** Stores a node that has lost something, or lets it and its childless ancestors go. */
    private static HashPMap<DnsName, Node> settle(
            HashPMap<DnsName, Node> nodes, DnsName name, Node node) {
        if (node.exists()) {
            return nodes.plus(name, node);
        }
        HashPMap<DnsName, Node> next = nodes.minus(name);
        if (name.isRoot()) {
            return next;
        }
        DnsName parent = name.parent();
        Node above = next.get(parent);
        return above == null
                ? next
                : settle(next, parent, above.withChildren(above.children() - 1));
    }
}
