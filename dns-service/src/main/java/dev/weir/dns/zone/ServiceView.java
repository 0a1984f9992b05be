package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The API's objects as DNS sees them. What cannot be a name is left out; it hides nothing else. */
final class ServiceView {
    private static final String HEADLESS = "None";

    private ServiceView() {}

    /** Whether its endpoints have names. */
    static boolean isHeadless(Service service) {
        return !isExternal(service) && service.getSpec().getClusterIp().equals(HEADLESS);
    }

    private static boolean isExternal(Service service) {
        return service.getSpec().getType().equals("ExternalName");
    }

    /**
     * Empty if the Service's own name cannot be one.
     *
     * @param slices those of the Service; none are needed where it is not headless
     */
    static Optional<DnsService> of(Service service, Collection<EndpointSlice> slices) {
        String namespace = service.getMetadata().getNamespace();
        String name = service.getMetadata().getName();
        if (!Label.isValid(namespace) || !Label.isValid(name)) {
            return Optional.empty();
        }
        ServiceSpec spec = service.getSpec();
        boolean external = isExternal(service);
        boolean headless = isHeadless(service);
        return Optional.of(
                new DnsService(
                        namespace,
                        name,
                        external || headless ? List.of() : clusterIps(spec),
                        headless,
                        external ? alias(spec.getExternalName()) : Optional.empty(),
                        spec.getPortsList().stream().flatMap(ServiceView::port).toList(),
                        headless ? endpoints(slices) : List.of()));
    }

    private static List<IpAddress> clusterIps(ServiceSpec spec) {
        List<String> texts =
                spec.getClusterIpsCount() == 0
                        ? List.of(spec.getClusterIp())
                        : spec.getClusterIpsList();
        return texts.stream().flatMap(text -> IpAddress.parse(text).stream()).toList();
    }

    /** An address is no name to alias (Kubernetes accepts it, and warns). */
    private static Optional<DnsName> alias(String externalName) {
        if (externalName.isEmpty() || IpAddress.parse(externalName).isPresent()) {
            return Optional.empty();
        }
        try {
            return Optional.of(DnsName.of(externalName));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<DnsEndpoint> endpoints(Collection<EndpointSlice> slices) {
        return slices.stream()
                .flatMap(
                        slice -> {
                            List<DnsPort> ports =
                                    slice.getPortsList().stream()
                                            .flatMap(ServiceView::port)
                                            .toList();
                            return slice.getEndpointsList().stream()
                                    .flatMap(endpoint -> endpoint(endpoint, ports));
                        })
                .toList();
    }

    /** Consumers use the first address only. */
    private static Stream<DnsEndpoint> endpoint(Endpoint endpoint, List<DnsPort> ports) {
        boolean ready = !endpoint.getConditions().hasReady() || endpoint.getConditions().getReady();
        Optional<String> hostname = Optional.of(endpoint.getHostname()).filter(Label::isValid);
        Optional<String> podName =
                Optional.of(endpoint.getTargetRef())
                        .filter(target -> target.getKind().equals("Pod"))
                        .map(target -> target.getName())
                        .filter(Predicate.not(String::isEmpty));
        return endpoint.getAddressesList().stream()
                .limit(1)
                .flatMap(text -> IpAddress.parse(text).stream())
                .map(ip -> new DnsEndpoint(hostname, ip, ready, podName, ports));
    }

    private static Stream<DnsPort> port(ServicePort port) {
        return port(port.getName(), port.getProtocol(), port.getPort());
    }

    private static Stream<DnsPort> port(EndpointPort port) {
        return port(port.getName(), port.getProtocol(), port.getPort());
    }

    /** A slice's port without number stands for all ports: SRV has no way to say that. */
    private static Stream<DnsPort> port(String name, String protocol, int number) {
        return number < 1 || number > 65_535
                ? Stream.empty()
                : Stream.of(
                        new DnsPort(
                                Label.isValid(name) ? name : "", Protocol.of(protocol), number));
    }
}
