package dev.weir.endpoint.derive;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointHints;
import dev.weir.net.v1.ForNode;
import dev.weir.net.v1.ForZone;
import dev.weir.net.v1.Service;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who should prefer which endpoint: by its Service's annotation for topology (KEP-2433), or else
 * its trafficDistribution (KEP-4444, KEP-3015). Whether clients do is for the planes to decide,
 * which know all of a Service's endpoints.
 */
final class Hints {
    private static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";

    /** Its older name, which comes first where both are set. */
    private static final String TOPOLOGY_AWARE = "service.kubernetes.io/topology-aware-hints";

    private Hints() {}

    /** Whether zones are to get endpoints in proportion to the CPUs of their nodes. */
    static boolean proportional(Service service) {
        Map<String, String> annotations = service.getMetadata().getAnnotationsMap();
        String mode =
                annotations.getOrDefault(
                        TOPOLOGY_AWARE, annotations.getOrDefault(TOPOLOGY_MODE, ""));
        return mode.equals("Auto") || mode.equals("auto");
    }

    /**
     * @param endpoints of one family, by the name of their pod
     * @param shares as in {@link Nodes}
     */
    static SortedMap<String, Endpoint> add(
            Service service, SortedMap<String, Endpoint> endpoints, Map<String, Integer> shares) {
        SortedMap<String, Endpoint> hinted = new TreeMap<>(endpoints);
        if (proportional(service)) {
            Map<String, String> zones = Proportion.zones(endpoints, shares);
            hinted.replaceAll(
                    (pod, endpoint) ->
                            Optional.ofNullable(zones.get(pod))
                                    .map(zone -> hinted(endpoint, zone(zone)))
                                    .orElse(endpoint));
        } else {
            String distribution = service.getSpec().getTrafficDistribution();
            hinted.replaceAll((pod, endpoint) -> hinted(endpoint, own(distribution, endpoint)));
        }
        return hinted;
    }

    private static Endpoint hinted(Endpoint endpoint, EndpointHints hints) {
        return hints.equals(EndpointHints.getDefaultInstance())
                ? endpoint
                : endpoint.toBuilder().setHints(hints).build();
    }

    /** Of where the endpoint itself is. */
    private static EndpointHints own(String distribution, Endpoint endpoint) {
        EndpointHints own =
                endpoint.hasZone() ? zone(endpoint.getZone()) : EndpointHints.getDefaultInstance();
        return switch (distribution) {
            case "PreferSameZone", "PreferClose" -> own;
            case "PreferSameNode" ->
                    endpoint.hasNodeName()
                            ? own.toBuilder()
                                    .addForNodes(
                                            ForNode.newBuilder().setName(endpoint.getNodeName()))
                                    .build()
                            : own;
            default -> EndpointHints.getDefaultInstance();
        };
    }

    private static EndpointHints zone(String name) {
        return EndpointHints.newBuilder().addForZones(ForZone.newBuilder().setName(name)).build();
    }
}
