package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Shards;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.WaitProgrammedResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Judges whether a frontier is programmed, from what nodes and proxies said. Pure. */
final class Programmed {
    private Programmed() {}

    /**
     * @param keys objects whose failure on a node ends the wait
     * @param reachableOnly unreachable nodes do not count
     */
    static WaitProgrammedResponse judge(
            Frontier target,
            Set<ObjectKey> keys,
            boolean reachableOnly,
            Collection<Carrier> carriers) {
        List<String> waiting = new ArrayList<>();
        List<String> unreachable = new ArrayList<>();
        for (Carrier node : carriers) {
            boolean done = node.carries(target);
            for (Problem problem : node.problems()) {
                if (done && keys.contains(problem.getKey())) {
                    return failed(
                            node.name()
                                    + ": "
                                    + problem.getPlane()
                                    + ": "
                                    + problem.getKey().getKind()
                                    + " "
                                    + problem.getKey().getName()
                                    + ": "
                                    + problem.getReason());
                }
            }
            if (!done) {
                (node.reachable() ? waiting : unreachable).add(node.name());
            }
        }
        if (waiting.isEmpty() && (unreachable.isEmpty() || reachableOnly)) {
            return WaitProgrammedResponse.newBuilder().setProgrammed(true).build();
        }
        if (waiting.isEmpty()) {
            return failed("only unreachable nodes are left: " + String.join(", ", unreachable));
        }
        unreachable.forEach(name -> waiting.add(name + " (unreachable)"));
        return WaitProgrammedResponse.newBuilder().addAllWaitingFor(waiting).build();
    }

    /**
     * Which shards derive from which: what a write to the upstream can change in the shard. Of
     * Secrets, whom they are sent to.
     */
    static final Map<String, Set<String>> DERIVING =
            Map.of(
                    Shards.ENDPOINT,
                    Set.of(Shards.CONTROL, Shards.ENDPOINT),
                    Shards.POLICY,
                    Set.of(Shards.CONTROL, Shards.POLICY),
                    Shards.SECRET,
                    Set.of(Shards.CONTROL));

    private static WaitProgrammedResponse failed(String why) {
        return WaitProgrammedResponse.newBuilder().setFailed(why).build();
    }
}
