package dev.weir.endpoint.derive;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Kinds;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What endpoints take from nodes.
 *
 * @param shares the weight of each zone: how many nodes it has that are not drained. Empty when one
 *     of them is in no zone. A Node says nothing of its CPUs, so each counts as one
 */
record Nodes(Zones zones, Silence silence, SortedMap<String, Integer> shares) {
    static final Nodes NONE = new Nodes(node -> Optional.empty(), Silence.NONE, new TreeMap<>());

    /** Nodes with it get none of the pods, so they ask for no endpoints either. */
    private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

    /** Costs the number of nodes. */
    static Nodes in(Image control) {
        Silence silence = Silence.in(control);
        return new Nodes(Zones.in(control), silence, shares(control, silence));
    }

    /** The same nodes, as a later image has them. */
    Nodes unchangedIn(Image control) {
        return new Nodes(Zones.in(control), silence, shares);
    }

    private static SortedMap<String, Integer> shares(Image control, Silence silence) {
        TreeMap<String, Integer> shares = new TreeMap<>();
        for (Node node : control.all(Kinds.NODE, Node.class).toList()) {
            var labels = node.getMetadata().getLabelsMap();
            if (labels.containsKey(CONTROL_PLANE)
                    || silence.drained().contains(node.getMetadata().getName())) {
                continue;
            }
            String zone = labels.getOrDefault(Zones.LABEL, "");
            if (zone.isEmpty()) {
                return new TreeMap<>();
            }
            shares.merge(zone, 1, Integer::sum);
        }
        return shares;
    }
}
