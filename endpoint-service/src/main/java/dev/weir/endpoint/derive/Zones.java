package dev.weir.endpoint.derive;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Kinds;
import java.util.Optional;

/** In which zone a node is, by its label (k8s.io/api/core/v1/well_known_labels.go). */
@FunctionalInterface
interface Zones {
    String LABEL = "topology.kubernetes.io/zone";

    /** Empty for a node that is in none, or that is not there. */
    Optional<String> of(String node);

    static Zones in(Image control) {
        return node ->
                control.find(Node.class, Kinds.NODE.key("", node))
                        .map(found -> found.getMetadata().getLabelsOrDefault(LABEL, ""))
                        .filter(zone -> !zone.isEmpty());
    }
}
