package dev.weir.agent.derive;

import dev.weir.agent.spi.HealthCheck;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.PMap;

/** Who answers for the addresses of load balancers, and what other load balancers are told. */
final class LoadBalancers {
    /** The class of those that the nodes announce; also those without a class. */
    private static final String OURS = "weir.dev/l2";

    private LoadBalancers() {}

    /**
     * The addresses whose connections nodes take; none that somebody else's proxy serves
     * (KEP-1860).
     */
    static Stream<IpAddress> addresses(Service service) {
        return service.getSpec().getType().equals("LoadBalancer")
                ? service.getStatus().getLoadBalancer().getIngressList().stream()
                        .filter(ingress -> !ingress.getIpMode().equals("Proxy"))
                        .flatMap(ingress -> IpAddress.parse(ingress.getIp()).stream())
                : Stream.empty();
    }

    /** Those of them that a node announces. */
    static Stream<IpAddress> announced(Service service) {
        String owner = service.getSpec().getLoadBalancerClass();
        return owner.isEmpty() || owner.equals(OURS) ? addresses(service) : Stream.empty();
    }

    /** By address the nodes of which one answers; no entry where nobody does. */
    static Edit<IpAddress, Set<String>> announcements(
            ServiceStep endpoint, Announcers nodes, PMap<IpAddress, Set<String>> previous) {
        Set<Key> touched = new TreeSet<>(endpoint.touched());
        if (nodes.moved()) {
            endpoint.all().forEach(touched::add);
        }
        Set<IpAddress> addresses =
                touched.stream()
                        .flatMap(endpoint::versions)
                        .flatMap(LoadBalancers::announced)
                        .collect(Collectors.toSet());
        Edit<IpAddress, Set<String>> edit = new Edit<>(previous);
        for (IpAddress address : addresses) {
            Set<String> eligible = eligible(address, endpoint, nodes.names());
            edit.set(address, eligible.isEmpty() ? null : eligible);
        }
        return edit;
    }

    /**
     * All nodes; with the external policy Local only those with an endpoint that serves some port.
     * Services that share the address have to agree.
     */
    private static Set<String> eligible(
            IpAddress address, ServiceStep endpoint, Set<String> nodes) {
        List<Service> services = endpoint.services(endpoint.index().announced(address));
        Set<String> eligible = services.isEmpty() ? Set.of() : nodes;
        for (Service service : services) {
            if (Frontends.isLocalOutside(service)) {
                Set<String> serving = serving(service, endpoint, address.v6());
                eligible =
                        eligible.stream()
                                .filter(serving::contains)
                                .collect(Collectors.toUnmodifiableSet());
            }
        }
        return eligible;
    }

    private static Set<String> serving(Service service, ServiceStep endpoint, boolean v6) {
        List<EndpointSlice> slices = endpoint.slices(Offer.key(service));
        Set<String> serving = new HashSet<>();
        for (ServicePort port : service.getSpec().getPortsList()) {
            List<Candidate> candidates =
                    Candidate.of(service, slices, port).stream().filter(c -> c.v6() == v6).toList();
            Selection.usable(candidates).forEach(candidate -> serving.add(candidate.node()));
        }
        return serving;
    }

    /**
     * By port what is answered there, for load balancers that shall send only to nodes with an
     * endpoint. No two Services have one port; the endpoint shard's writer sees to that.
     */
    static Edit<Integer, HealthCheck> healthChecks(
            ServiceStep endpoint, Here here, PMap<Integer, HealthCheck> previous) {
        Edit<Integer, HealthCheck> edit = new Edit<>(previous);
        Map<Integer, HealthCheck> wanted = new HashMap<>();
        Set<Integer> ports = new HashSet<>();
        for (Key key : endpoint.touched()) {
            List<Service> checked =
                    endpoint.versions(key).filter(LoadBalancers::isChecked).toList();
            checked.forEach(version -> ports.add(port(version)));
            Optional.of(key)
                    .filter(any -> !checked.isEmpty())
                    .flatMap(endpoint::service)
                    .filter(LoadBalancers::isChecked)
                    .ifPresent(
                            service ->
                                    wanted.put(
                                            port(service),
                                            new HealthCheck(key, readyHere(key, endpoint, here))));
        }
        ports.forEach(port -> edit.set(port, wanted.get(port)));
        return edit;
    }

    private static boolean isChecked(Service service) {
        return service.getSpec().getType().equals("LoadBalancer")
                && Frontends.isLocalOutside(service)
                && port(service) > 0;
    }

    private static int port(Service service) {
        return service.getSpec().getHealthCheckNodePort();
    }

    /** Distinct addresses of ready endpoints here, of the family that has more. */
    private static int readyHere(Key key, ServiceStep endpoint, Here here) {
        Set<IpAddress> v4 = new HashSet<>();
        Set<IpAddress> v6 = new HashSet<>();
        endpoint.service(key).stream()
                .flatMap(
                        service ->
                                service.getSpec().getPortsList().stream()
                                        .flatMap(
                                                port ->
                                                        Candidate.of(
                                                                service, endpoint.slices(key), port)
                                                                .stream()))
                .filter(it -> it.state() == Candidate.State.READY && it.isOn(here))
                .map(Candidate::address)
                .forEach(address -> (address.v6() ? v6 : v4).add(address));
        return Math.max(v4.size(), v6.size());
    }
}
