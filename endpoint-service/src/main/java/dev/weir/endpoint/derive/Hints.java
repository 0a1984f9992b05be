package dev.weir.endpoint.derive;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointHints;
import dev.weir.net.v1.ForNode;
import dev.weir.net.v1.ForZone;

/**
 * Who should prefer an endpoint, by its Service's trafficDistribution (KEP-4444, KEP-3015). Whether
 * clients do is for the planes to decide, which know all of a Service's endpoints.
 */
final class Hints {
    private Hints() {}

    static void add(String distribution, Endpoint.Builder endpoint) {
        EndpointHints.Builder hints = EndpointHints.newBuilder();
        switch (distribution) {
            case "PreferSameZone", "PreferClose" -> zone(endpoint, hints);
            case "PreferSameNode" -> {
                zone(endpoint, hints);
                node(endpoint, hints);
            }
            default -> {}
        }
        if (!hints.build().equals(EndpointHints.getDefaultInstance())) {
            endpoint.setHints(hints);
        }
    }

    private static void zone(Endpoint.Builder endpoint, EndpointHints.Builder hints) {
        if (endpoint.hasZone()) {
            hints.addForZones(ForZone.newBuilder().setName(endpoint.getZone()));
        }
    }

    private static void node(Endpoint.Builder endpoint, EndpointHints.Builder hints) {
        if (endpoint.hasNodeName()) {
            hints.addForNodes(ForNode.newBuilder().setName(endpoint.getNodeName()));
        }
    }
}
