package dev.weir.endpoint.derive;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.Kinds;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The nodes that nobody hears of: condition Ready is Unknown. Their pods' own conditions say
 * nothing any more.
 *
 * @param silent their names
 * @param nodes how many nodes there are in all
 */
public record Silence(Set<String> silent, int nodes) {
    public static final Silence NONE = new Silence(Set.of(), 0);

    /**
     * When more than one node in so many is silent, it is rather the listener who is cut off than
     * the nodes.
     */
    public static final int WIDESPREAD = 3;

    public Silence {
        silent = Set.copyOf(silent);
    }

    /** Costs the number of nodes. */
    public static Silence in(Image control) {
        Set<String> silent = new TreeSet<>();
        int nodes = 0;
        for (Node node : control.all(Kinds.NODE, Node.class).toList()) {
            nodes++;
            if (isSilent(node)) {
                silent.add(node.getMetadata().getName());
            }
        }
        return new Silence(silent, nodes);
    }

    private static boolean isSilent(Node node) {
        return node.getStatus().getConditionsList().stream()
                .anyMatch(
                        condition ->
                                condition.getType().equals("Ready")
                                        && condition.getStatus().equals("Unknown"));
    }

    /** Then no node is drained: what was usable before is the better guess. */
    public boolean isWidespread() {
        return (long) silent.size() * WIDESPREAD > nodes;
    }

    /** The nodes whose pods are not to be used. */
    Set<String> drained() {
        return isWidespread() ? Set.of() : silent;
    }

    /** The nodes that are drained in one state only. */
    Stream<String> differing(Silence other) {
        return Stream.concat(
                drained().stream().filter(node -> !other.drained().contains(node)),
                other.drained().stream().filter(node -> !drained().contains(node)));
    }
}
