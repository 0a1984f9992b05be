package dev.weir.agent;

import dev.weir.agent.derive.Why;
import dev.weir.agent.edge.ServiceMetrics;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Programmed;
import dev.weir.agent.spi.Traffic;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Shards;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What there is on the node between two rounds of its loop.
 *
 * @param shown what the planes have programmed for a frontend, compared with the kernel; only while
 *     the loop waits for the answer
 * @param traffic what the planes have counted; only then, too
 */
record Moment(
        NodeLoop.Carried carried,
        Function<Frontend, List<Programmed>> shown,
        Supplier<List<Traffic>> traffic) {
    private static final Set<String> NEEDED =
            Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY);

    /**
     * What becomes of a connection. Throws FailureException if the question has no answer, and
     * IllegalStateException while the node does not know enough.
     */
    WhyResponse why(WhyRequest question, NodeSettings settings) {
        if (!carried.image().shards().keySet().containsAll(NEEDED)) {
            throw new IllegalStateException(
                    "node \"%s\" has not read the state of the cluster yet"
                            .formatted(settings.nodeName()));
        }
        return Why.explain(question, settings, carried.image(), shown).toBuilder()
                .setProgrammed(carried.programmed().toProto())
                .build();
    }

    /** What came to Services, in Prometheus' text format. */
    String metrics(boolean metered) {
        var services = carried.image().services();
        return ServiceMetrics.text(
                traffic.get(),
                frontend -> Optional.ofNullable(services.get(frontend)).map(Backends::service),
                metered);
    }
}
