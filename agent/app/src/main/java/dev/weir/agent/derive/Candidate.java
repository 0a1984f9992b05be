package dev.weir.agent.derive;

import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.ForNode;
import dev.weir.net.v1.ForZone;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An endpoint that may serve a port of a Service.
 *
 * @param endpoint what the slice says of it
 * @param forNodes clients it is meant for, by their node; empty if it does not say
 * @param forZones the same by zone
 */
record Candidate(
        Endpoint endpoint,
        IpAddress address,
        int port,
        State state,
        Set<String> forNodes,
        Set<String> forZones) {

    enum State {
        READY,
        /** It terminates, and serves where nobody is ready. */
        LEAVING,
        /** It terminates, and serves no more. */
        GONE,
        NOT_READY
    }

    /** Those of both families; of other proxies' slices and of slices of names none. */
    static List<Candidate> of(Service service, Collection<EndpointSlice> slices, ServicePort port) {
        Protocol protocol = Protocol.of(port.getProtocol());
        List<Candidate> candidates = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            if (slice.getAddressType().equals("FQDN")
                    || slice.getMetadata().getLabelsMap().containsKey(SliceLabels.PROXY_NAME)) {
                continue;
            }
            for (EndpointPort target : slice.getPortsList()) {
                if (target.hasPort()
                        && target.getName().equals(port.getName())
                        && Protocol.of(target.getProtocol()) == protocol) {
                    for (Endpoint endpoint : slice.getEndpointsList()) {
                        candidate(service, endpoint, target.getPort()).ifPresent(candidates::add);
                    }
                }
            }
        }
        return candidates;
    }

    private static Optional<Candidate> candidate(Service service, Endpoint endpoint, int port) {
        return endpoint.getAddressesList().stream()
                .findFirst()
                .flatMap(IpAddress::parse)
                .map(
                        address ->
                                new Candidate(
                                        endpoint,
                                        address,
                                        port,
                                        state(service, endpoint),
                                        names(
                                                endpoint.getHints().getForNodesList(),
                                                ForNode::getName),
                                        names(
                                                endpoint.getHints().getForZonesList(),
                                                ForZone::getName)));
    }

    /** A ready one counts even while it terminates, if the Service says so. */
    private static State state(Service service, Endpoint endpoint) {
        var conditions = endpoint.getConditions();
        boolean terminating = conditions.getTerminating();
        if ((!conditions.hasReady() || conditions.getReady())
                && (service.getSpec().getPublishNotReadyAddresses() || !terminating)) {
            return State.READY;
        }
        if (!terminating) {
            return State.NOT_READY;
        }
        return !conditions.hasServing() || conditions.getServing() ? State.LEAVING : State.GONE;
    }

    private static <T> Set<String> names(List<T> hints, Function<T, String> name) {
        return hints.isEmpty()
                ? Set.of()
                : hints.stream().map(name).collect(Collectors.toUnmodifiableSet());
    }

    String node() {
        return endpoint.getNodeName();
    }

    boolean isOn(Here here) {
        return node().equals(here.name());
    }

    boolean v6() {
        return address.v6();
    }
}
