package dev.weir.agent.derive;

import dev.weir.agent.derive.Candidate.State;
import dev.weir.agent.derive.Selection.Judged;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.ServicePort;
import dev.weir.node.v1.WhyEndpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Why endpoints are used or not, in words. */
record WhyEndpoints(Selection selection, String policy) {

    /**
     * All endpoints of the Service: those of the port as they were selected, then those of slices
     * without the port.
     *
     * @param denial why the connection to an endpoint is dropped, if it is
     */
    List<WhyEndpoint> all(
            Collection<EndpointSlice> slices,
            ServicePort port,
            Function<Candidate, Optional<String>> denial) {
        List<WhyEndpoint> all = new ArrayList<>();
        for (Judged judged : selection.judged()) {
            Candidate candidate = judged.candidate();
            String closed =
                    judged.used()
                            ? denial.apply(candidate).map(why -> ", but " + why).orElse("")
                            : "";
            all.add(
                    endpoint(candidate.endpoint(), candidate.address().toString(), candidate.port())
                            .setUsed(judged.used())
                            .setReason(words(judged) + closed)
                            .build());
        }
        for (EndpointSlice slice : slices) {
            if (slice.getPortsList().stream().noneMatch(target -> serves(target, port))) {
                for (Endpoint endpoint : slice.getEndpointsList()) {
                    String address = endpoint.getAddressesList().stream().findFirst().orElse("");
                    all.add(
                            endpoint(endpoint, address, 0)
                                    .setReason("its slice has no port \"" + port.getName() + "\"")
                                    .build());
                }
            }
        }
        return all;
    }

    private static boolean serves(EndpointPort target, ServicePort port) {
        return target.getName().equals(port.getName())
                && (target.getProtocol().isEmpty()
                        || target.getProtocol().equals(port.getProtocol()));
    }

    private static WhyEndpoint.Builder endpoint(Endpoint endpoint, String address, int port) {
        WhyEndpoint.Builder why =
                WhyEndpoint.newBuilder()
                        .setAddress(address)
                        .setPort(port)
                        .setNode(endpoint.getNodeName());
        if (endpoint.getTargetRef().getKind().equals(Kinds.POD.name())) {
            why.setPod(
                    Kinds.POD
                            .key(
                                    endpoint.getTargetRef().getNamespace(),
                                    endpoint.getTargetRef().getName())
                            .toProto());
        }
        return why;
    }

    private String words(Judged judged) {
        Candidate candidate = judged.candidate();
        return switch (judged.reason()) {
            case READY -> "ready";
            case LAST_RESORT -> "terminating, serves because no endpoint is ready";
            case NOT_READY -> "not ready";
            case TERMINATING ->
                    candidate.state() == State.GONE
                            ? "terminating, and does not serve"
                            : "terminating";
            case OTHER_FAMILY -> "another address family";
            case ON_ANOTHER_NODE -> "on another node, " + policy + " is Local";
            case MEANT_FOR_OTHER_NODES -> "meant for node " + named(candidate.forNodes());
            case MEANT_FOR_OTHER_ZONES -> "meant for zone " + named(candidate.forZones());
            case LEASED -> "this node's own name server: while it answers, all queries go there";
            case REPEATED -> "the same address and port as another one";
        };
    }

    private static String named(Collection<String> names) {
        return String.join(", ", names.stream().sorted().toList());
    }
}
