package dev.weir.agent.derive;

import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Node;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The nodes that may answer for load balancers: all but those with the label {@link #EXCLUDED}
 * (KEP-1143).
 *
 * @param names the same object as long as no node comes or goes
 * @param at the control shard's image that they are of
 * @param moved whether the last step changed them
 */
record Announcers(Set<String> names, Image at, boolean moved) {
    static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

    static Announcers in(Image control) {
        Set<String> names =
                control.all(Kinds.NODE, Node.class)
                        .filter(Announcers::isEligible)
                        .map(node -> node.getMetadata().getName())
                        .collect(Collectors.toUnmodifiableSet());
        return new Announcers(names, control, false);
    }

    /** Costs the nodes that the step names, unless this is of another image than it starts at. */
    Announcers next(Step control) {
        Announcers before = control.from() == at ? this : in(control.from());
        boolean moved =
                control.keys(Kinds.NODE)
                        .anyMatch(key -> has(control.from(), key) != has(control.to(), key));
        return new Announcers(moved ? in(control.to()).names : before.names, control.to(), moved);
    }

    private static boolean has(Image control, Key node) {
        return control.find(Node.class, node).filter(Announcers::isEligible).isPresent();
    }

    private static boolean isEligible(Node node) {
        return !node.getMetadata().getLabelsMap().containsKey(EXCLUDED);
    }
}
