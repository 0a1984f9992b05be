package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Kinds;

/**
 * The node that an image is derived for.
 *
 * @param zone by its label; empty without one
 */
record Here(NodeSettings settings, String zone) {
    private static final String ZONE = "topology.kubernetes.io/zone";

    static Here in(Image control, NodeSettings settings) {
        String zone =
                control.find(Node.class, Kinds.NODE.key("", settings.nodeName()))
                        .map(node -> node.getMetadata().getLabelsOrDefault(ZONE, ""))
                        .orElse("");
        return new Here(settings, zone);
    }

    String name() {
        return settings.nodeName();
    }
}
