package dev.weir.endpoint.derive;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Kinds;
import dev.weir.model.Quantity;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What endpoints take from nodes.
 *
 * @param shares the weight of each zone: the thousandths of CPUs that pods can have on its nodes
 *     that are not drained. Empty when one of them is in no zone
 */
record Nodes(Zones zones, Silence silence, SortedMap<String, Integer> shares) {
    static final Nodes NONE = new Nodes(node -> Optional.empty(), Silence.NONE, new TreeMap<>());

    private static final int ONE_CPU = 1_000;

    /** The greatest weight of a zone: two million CPUs. */
    private static final int MOST = Integer.MAX_VALUE;

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
            shares.merge(zone, cpus(node), (some, more) -> Math.clamp((long) some + more, 1, MOST));
        }
        return shares;
    }

    /** In thousandths. One that does not say how many it has counts as having one. */
    private static int cpus(Node node) {
        return Quantity.parse(node.getStatus().getAllocatableOrDefault("cpu", ""))
                .map(Quantity::millis)
                .filter(millis -> millis > 0)
                .orElse(ONE_CPU);
    }
}
