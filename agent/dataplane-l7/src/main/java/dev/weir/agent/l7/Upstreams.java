package dev.weir.agent.l7;

import dev.weir.agent.l7.proxy.Upstream;
import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Image;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Mirrored;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where the requests for a Service go: what its cluster IP leads to on this node, so that proxies
 * choose by the same rules as the kernel; or without one, its ready endpoints.
 */
final class Upstreams {
    private static final String HEADLESS = "None";

    private Upstreams() {}

    /** Nobody, where the Service or its port is not there. */
    static Upstream of(NodeImage image, dev.weir.routing.ServicePort port) {
        Image endpoint = image.shards().get(Shards.ENDPOINT);
        Optional<Service> service = Optional.ofNullable(endpoint).flatMap(all -> find(all, port));
        return service.map(
                        found ->
                                found.getSpec().getClusterIp().equals(HEADLESS)
                                        ? headless(Objects.requireNonNull(endpoint), found, port)
                                        : throughAddress(image, found, port))
                .orElse(Upstream.NONE);
    }

    private static Optional<Service> find(Image endpoint, dev.weir.routing.ServicePort port) {
        return endpoint.find(Service.class, key(port));
    }

    static Key key(dev.weir.routing.ServicePort port) {
        return Kinds.SERVICE.key(port.namespace(), port.service());
    }

    /** Of the first family that has any. */
    private static Upstream throughAddress(
            NodeImage image, Service service, dev.weir.routing.ServicePort port) {
        return frontends(service, port.port())
                .map(frontend -> image.services().get(frontend))
                .filter(Objects::nonNull)
                .filter(backends -> !backends.endpoints().isEmpty())
                .findFirst()
                .map(Upstreams::upstream)
                .orElse(Upstream.NONE);
    }

    /** What the kernel knows the port by; first what is there for the node's own. */
    static Stream<Frontend> frontends(Service service, int port) {
        return service.getSpec().getClusterIpsList().stream()
                .filter(ip -> !ip.equals(HEADLESS))
                .map(ip -> new Frontend(IpAddress.of(ip), Protocol.TCP, port))
                .flatMap(any -> Stream.of(any.of(Frontend.Clients.OWN), any));
    }

    private static Upstream upstream(Backends backends) {
        return new Upstream(
                backends.endpoints().stream()
                        .map(backend -> new Endpoint(backend.address(), backend.port()))
                        .toList());
    }

    /** Those that are ready; without any, those that terminate and still serve. */
    private static Upstream headless(
            Image endpoint, Service service, dev.weir.routing.ServicePort port) {
        Optional<ServicePort> wanted =
                service.getSpec().getPortsList().stream()
                        .filter(p -> isTcp(p.getProtocol()) && p.getPort() == port.port())
                        .findFirst();
        if (wanted.isEmpty()) {
            return Upstream.NONE;
        }
        String name = wanted.get().getName();
        List<EndpointSlice> slices =
                endpoint.in(Kinds.ENDPOINT_SLICE, port.namespace(), EndpointSlice.class)
                        .filter(slice -> port.service().equals(serviceOf(slice)))
                        .toList();
        List<Endpoint> ready = endpoints(slices, name, Upstreams::isReady);
        return new Upstream(
                ready.isEmpty() ? endpoints(slices, name, Upstreams::isLeaving) : ready);
    }

    /** Of slices of names, none. */
    private static List<Endpoint> endpoints(
            List<EndpointSlice> slices, String portName, Predicate<EndpointConditions> meant) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            for (EndpointPort port : slice.getPortsList()) {
                if (port.getName().equals(portName) && isTcp(port.getProtocol())) {
                    slice.getEndpointsList().stream()
                            .filter(e -> meant.test(e.getConditions()))
                            .flatMap(e -> e.getAddressesList().stream())
                            .flatMap(address -> IpAddress.parse(address).stream())
                            .map(address -> new Endpoint(address, port.getPort()))
                            .forEach(endpoints::add);
                }
            }
        }
        return endpoints.stream().distinct().toList();
    }

    private static boolean isTcp(String protocol) {
        return Protocol.of(protocol) == Protocol.TCP;
    }

    private static boolean isReady(EndpointConditions conditions) {
        return !conditions.hasReady() || conditions.getReady();
    }

    private static boolean isLeaving(EndpointConditions conditions) {
        return conditions.getTerminating() && (!conditions.hasServing() || conditions.getServing());
    }

    /** The Service that a slice belongs to; empty for none. */
    static String serviceOf(EndpointSlice slice) {
        return slice.getMetadata().getLabelsMap().getOrDefault(Mirrored.SERVICE_NAME, "");
    }
}
