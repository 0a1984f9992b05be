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
 * An endpoint that may serve a frontend. One that is not ready may still serve; a ready one is used
 * even while it terminates, if it says so.
 *
 * @param fallback it terminates and serves
 * @param forNodes clients it is meant for, by their node; empty if it does not say
 * @param forZones the same by zone
 */
record Candidate(
        IpAddress address,
        int port,
        String node,
        boolean ready,
        boolean fallback,
        Set<String> forNodes,
        Set<String> forZones) {

    static List<Candidate> of(
            Service service,
            Collection<EndpointSlice> slices,
            boolean v6,
            ServicePort port,
            Protocol protocol) {
        List<Candidate> candidates = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            if (slice.getMetadata().getLabelsMap().containsKey(SliceLabels.PROXY_NAME)) {
                continue;
            }
            for (EndpointPort target : slice.getPortsList()) {
                if (target.hasPort()
                        && target.getName().equals(port.getName())
                        && Protocol.of(target.getProtocol()) == protocol) {
                    slice.getEndpointsList().stream()
                            .flatMap(
                                    endpoint ->
                                            candidate(service, endpoint, target.getPort()).stream())
                            .filter(candidate -> candidate.address.v6() == v6)
                            .forEach(candidates::add);
                }
            }
        }
        return candidates;
    }

    private static Optional<Candidate> candidate(Service service, Endpoint endpoint, int port) {
        boolean ready = !endpoint.getConditions().hasReady() || endpoint.getConditions().getReady();
        boolean serving =
                !endpoint.getConditions().hasServing() || endpoint.getConditions().getServing();
        boolean terminating = endpoint.getConditions().getTerminating();
        boolean unconditional = service.getSpec().getPublishNotReadyAddresses();
        return endpoint.getAddressesList().stream()
                .findFirst()
                .flatMap(IpAddress::parse)
                .map(
                        address ->
                                new Candidate(
                                        address,
                                        port,
                                        endpoint.getNodeName(),
                                        ready && (unconditional || !terminating),
                                        serving && terminating,
                                        names(
                                                endpoint.getHints().getForNodesList(),
                                                ForNode::getName),
                                        names(
                                                endpoint.getHints().getForZonesList(),
                                                ForZone::getName)));
    }

    private static <T> Set<String> names(List<T> hints, Function<T, String> name) {
        return hints.stream().map(name).collect(Collectors.toSet());
    }

    /** The ready ones; without any, those that terminate and still serve. */
    static List<Candidate> usable(List<Candidate> candidates) {
        List<Candidate> ready = candidates.stream().filter(Candidate::ready).toList();
        return ready.isEmpty() ? candidates.stream().filter(Candidate::fallback).toList() : ready;
    }

    /**
     * Those that are meant for this node, else those for its zone, if all say for whom they are
     * (KEP-3015); what terminates is taken wherever it is.
     */
    static List<Candidate> near(List<Candidate> usable, Here here) {
        if (usable.stream().anyMatch(candidate -> !candidate.ready)) {
            return usable;
        }
        List<Candidate> node = meant(usable, Candidate::forNodes, here.name());
        List<Candidate> near =
                node.isEmpty() ? meant(usable, Candidate::forZones, here.zone()) : node;
        return near.isEmpty() ? usable : near;
    }

    private static List<Candidate> meant(
            List<Candidate> usable, Function<Candidate, Set<String>> hints, String name) {
        return usable.stream().anyMatch(candidate -> hints.apply(candidate).isEmpty())
                ? List.of()
                : usable.stream().filter(c -> hints.apply(c).contains(name)).toList();
    }
}
