package dev.weir.lab;

import dev.weir.client.WeirClient;
import dev.weir.node.v1.KernelElement;
import dev.weir.node.v1.WhyEndpoint;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What {@code weir why} says of a flow, as the table writes it.
 *
 * @param endpoints A and B by their addresses
 */
record FlowModel(WeirClient client, Map<String, String> endpoints) {

    /** The node that packets from outside arrive at. */
    private static final String DOOR = "node-1";

    TreeSet<String> says(Flow flow, String protocol, Map.Entry<String, Integer> to) {
        WhyResponse why =
                client.why(
                        WhyRequest.newBuilder()
                                .setSource(source(flow))
                                .setDestination(to.getKey())
                                .setPort(to.getValue())
                                .setProtocol(protocol)
                                .setNode(flow.source().equals("outside") ? DOOR : "")
                                .build());
        TreeSet<String> different =
                why.getElementsList().stream()
                        .map(KernelElement::getDifference)
                        .filter(difference -> !difference.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!different.isEmpty()) {
            return different;
        }
        return switch (why.getVerdict()) {
            case VERDICT_REJECT -> new TreeSet<>(Set.of(Flow.REJECT));
            case VERDICT_DROP -> new TreeSet<>(Set.of(Flow.DROP));
            case VERDICT_FORWARD ->
                    why.getService().getEndpointsList().stream()
                            .filter(WhyEndpoint::getUsed)
                            .map(endpoint -> seen(flow, why, endpoint))
                            .collect(Collectors.toCollection(TreeSet::new));
            default -> new TreeSet<>(Set.of(why.getVerdict() + " " + why.getReason()));
        };
    }

    private static String source(Flow flow) {
        return switch (flow.source()) {
            case "outside" -> "external";
            case "node-1", "node-2" -> "node/" + flow.source();
            default -> "pod/" + flow.source().toLowerCase(Locale.ROOT);
        };
    }

    private String seen(Flow flow, WhyResponse why, WhyEndpoint endpoint) {
        String name = endpoints.getOrDefault(endpoint.getAddress(), endpoint.getAddress());
        boolean itself = name.equals(flow.source());
        boolean another = why.getMasquerade() && !why.getNode().equals(flow.source());
        return name + (itself || another ? "~" : "=");
    }
}
