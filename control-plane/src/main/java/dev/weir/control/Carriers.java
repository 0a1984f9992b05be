package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.Pod;
import dev.weir.model.Kinds;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everybody whose acknowledgement counts, as last reported. */
final class Carriers {
    /** Where proxies are; elsewhere, a label would let anybody hold up every wait. */
    static final String NAMESPACE = "weir-system";

    /** Pods with this label there are proxies. */
    static final String PLANE_LABEL = "weir.dev/plane";

    static final String L7 = "l7";

    private Carriers() {}

    /** The registered nodes, and the proxies whose pods have not ended. */
    static List<Carrier> of(Image control, NodeRegistry registry) {
        return Stream.concat(
                        control.all(Kinds.NODE, Node.class)
                                .map(
                                        node ->
                                                carrier(
                                                        node.getMetadata().getName(),
                                                        Optional.empty(),
                                                        registry)),
                        proxies(control, registry))
                .toList();
    }

    /** The proxies among them. */
    static Stream<Carrier> proxies(Image control, NodeRegistry registry) {
        return control.all(Kinds.POD, Pod.class)
                .filter(Carriers::isProxy)
                .map(
                        pod ->
                                carrier(
                                        pod.getSpec().getNodeName(),
                                        Optional.of(
                                                pod.getMetadata().getNamespace()
                                                        + "/"
                                                        + pod.getMetadata().getName()),
                                        registry));
    }

    private static boolean isProxy(Pod pod) {
        String phase = pod.getStatus().getPhase();
        return pod.getMetadata().getNamespace().equals(NAMESPACE)
                && L7.equals(pod.getMetadata().getLabelsMap().get(PLANE_LABEL))
                && !phase.equals("Succeeded")
                && !phase.equals("Failed");
    }

    private static Carrier carrier(String node, Optional<String> proxy, NodeRegistry registry) {
        String name = proxy.orElse(node);
        var state = registry.state(name);
        return new Carrier(
                node, proxy, registry.isReachable(name), state.programmed(), state.problems());
    }

    /** Of each shard, what everybody reachable who follows it carries. */
    static Frontier everywhere(List<Carrier> carriers) {
        TreeMap<String, Long> least = new TreeMap<>();
        String log = "";
        for (Carrier carrier : carriers) {
            if (carrier.reachable()) {
                for (String shard : carrier.follows()) {
                    least.merge(shard, carrier.programmed().revision(shard), Math::min);
                }
                String its = carrier.programmed().logId();
                if (!log.isEmpty() && !its.equals(log)) {
                    return Frontier.EMPTY;
                }
                log = its;
            }
        }
        least.values().removeIf(revision -> revision == 0);
        return log.isEmpty() ? Frontier.EMPTY : new Frontier(log, least);
    }
}
