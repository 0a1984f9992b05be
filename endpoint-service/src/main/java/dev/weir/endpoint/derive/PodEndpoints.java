package dev.weir.endpoint.derive;

import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.ObjectReference;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * One pod as an endpoint of one Service (k8s.io/endpointslice, utils.go: podToEndpoint,
 * getEndpointPorts).
 */
final class PodEndpoints {
    private static final Comparator<EndpointPort> ORDER =
            Comparator.comparing(EndpointPort::getName)
                    .thenComparing(EndpointPort::getProtocol)
                    .thenComparing(EndpointPort::getPort);

    private PodEndpoints() {}

    /** Whether the Service selects the pod; a Service without a selector selects none. */
    static boolean selects(Service service, Pod pod) {
        return service.getSpec().getSelectorCount() > 0
                && pod.getMetadata()
                        .getLabelsMap()
                        .entrySet()
                        .containsAll(service.getSpec().getSelectorMap().entrySet());
    }

    /** Empty for pods that are over, and for pods without an address of the family. */
    static Optional<Endpoint> endpoint(Service service, Pod pod, String family, Zones zones) {
        String phase = pod.getStatus().getPhase();
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return Optional.empty();
        }
        return addresses(pod)
                .filter(address -> ServiceFamilies.of(address).equals(family))
                .findFirst()
                .map(address -> endpoint(service, pod, address, zones));
    }

    private static Endpoint endpoint(Service service, Pod pod, IpAddress address, Zones zones) {
        Endpoint.Builder endpoint =
                Endpoint.newBuilder()
                        .addAddresses(address.toString())
                        .setConditions(conditions(service, pod))
                        .setTargetRef(
                                ObjectReference.newBuilder()
                                        .setKind("Pod")
                                        .setNamespace(pod.getMetadata().getNamespace())
                                        .setName(pod.getMetadata().getName())
                                        .setUid(pod.getMetadata().getUid()));
        if (!pod.getSpec().getNodeName().isEmpty()) {
            endpoint.setNodeName(pod.getSpec().getNodeName());
            zones.of(pod.getSpec().getNodeName()).ifPresent(endpoint::setZone);
        }
        if (!pod.getSpec().getHostname().isEmpty()
                && pod.getSpec().getSubdomain().equals(service.getMetadata().getName())) {
            endpoint.setHostname(pod.getSpec().getHostname());
        }
        return endpoint.build();
    }

    /** A terminating pod is never ready, unless the Service publishes what is not. */
    private static EndpointConditions conditions(Service service, Pod pod) {
        boolean serving =
                pod.getStatus().getConditionsList().stream()
                        .anyMatch(
                                condition ->
                                        condition.getType().equals("Ready")
                                                && condition.getStatus().equals("True"));
        boolean terminating = pod.getMetadata().hasDeletionTimestamp();
        return EndpointConditions.newBuilder()
                .setReady(
                        service.getSpec().getPublishNotReadyAddresses()
                                || (serving && !terminating))
                .setServing(serving)
                .setTerminating(terminating)
                .build();
    }

    private static Stream<IpAddress> addresses(Pod pod) {
        Stream<String> all =
                pod.getStatus().getPodIpsCount() > 0
                        ? pod.getStatus().getPodIpsList().stream().map(PodIp::getIp)
                        : Stream.of(pod.getStatus().getPodIp());
        return all.map(IpAddress::parse).flatMap(Optional::stream);
    }

    /**
     * The Service's ports as this pod has them, sorted; a name that the pod does not have is left
     * out.
     */
    static List<EndpointPort> ports(Service service, Pod pod) {
        return service.getSpec().getPortsList().stream()
                .flatMap(port -> port(port, pod).stream())
                .sorted(ORDER)
                .toList();
    }

    private static Optional<EndpointPort> port(ServicePort port, Pod pod) {
        OptionalInt number = number(port, pod);
        if (number.isEmpty()) {
            return Optional.empty();
        }
        EndpointPort.Builder resolved =
                EndpointPort.newBuilder()
                        .setName(port.getName())
                        .setProtocol(Protocol.of(port.getProtocol()).name())
                        .setPort(number.getAsInt());
        if (port.hasAppProtocol()) {
            resolved.setAppProtocol(port.getAppProtocol());
        }
        return Optional.of(resolved.build());
    }

    private static OptionalInt number(ServicePort port, Pod pod) {
        return switch (port.getTargetPort().getValueCase()) {
            case STR_VAL -> named(pod, port.getTargetPort().getStrVal(), port.getProtocol());
            case INT_VAL ->
                    OptionalInt.of(
                            port.getTargetPort().getIntVal() == 0
                                    ? port.getPort()
                                    : port.getTargetPort().getIntVal());
            case VALUE_NOT_SET -> OptionalInt.of(port.getPort());
        };
    }

    private static OptionalInt named(Pod pod, String name, String protocol) {
        return pod.getSpec().getContainersList().stream()
                .map(Container::getPortsList)
                .flatMap(List::stream)
                .filter(port -> port.getName().equals(name))
                .filter(port -> Protocol.of(port.getProtocol()) == Protocol.of(protocol))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst();
    }
}
