package dev.weir.endpoint.admission;

import dev.weir.endpoint.derive.Slices;
import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import dev.weir.model.IpAddress;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.model.check.Ports;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.ForNode;
import dev.weir.net.v1.ForZone;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** EndpointSlices that users write, by the rules of discovery.k8s.io/v1. */
public final class EndpointSliceAdmission {
    private static final int MOST_PORTS = 100;
    private static final int MOST_HINTS = 8;
    private static final int MOST_ADDRESSES = 100;

    private EndpointSliceAdmission() {}

    public static Judgement<EndpointSlice> admit(
            Optional<EndpointSlice> old, EndpointSlice requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(
                        Kinds.ENDPOINT_SLICE, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        EndpointSlice.Builder slice = requested.toBuilder();
        for (EndpointPort.Builder port : slice.getPortsBuilderList()) {
            if (port.getProtocol().isEmpty()) {
                port.setProtocol("TCP");
            }
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        lease(requested, errors);
        type(old, requested.getAddressType(), errors);
        errors.tooMany("endpoints", requested.getEndpointsCount(), Slices.MOST_ENDPOINTS);
        for (int i = 0; i < requested.getEndpointsCount(); i++) {
            endpoint(
                    "endpoints[" + i + "]",
                    requested.getEndpoints(i),
                    requested.getAddressType(),
                    errors);
        }
        ports(slice, errors);
        return Judgement.of(Kinds.ENDPOINT_SLICE, name, slice.build(), errors.list());
    }

    private static void lease(EndpointSlice slice, FieldErrors errors) {
        String seconds = slice.getMetadata().getAnnotationsMap().get(LeaseTerm.ANNOTATION);
        if (seconds != null && LeaseTerm.parse(seconds).isEmpty()) {
            errors.invalid(
                    "metadata.annotations[" + LeaseTerm.ANNOTATION + "]",
                    seconds,
                    "must be a number of seconds from 1 to " + LeaseTerm.MOST_SECONDS);
        }
    }

    private static void type(Optional<EndpointSlice> old, String type, FieldErrors errors) {
        switch (type) {
            case "IPv4", "IPv6", "FQDN" -> {}
            case "" -> errors.required("addressType", "");
            default ->
                    errors.add(
                            FieldError.notSupported("addressType", type, "FQDN", "IPv4", "IPv6"));
        }
        if (old.isPresent() && !old.get().getAddressType().equals(type)) {
            errors.invalid("addressType", type, "field is immutable");
        }
    }

    private static void endpoint(String path, Endpoint endpoint, String type, FieldErrors errors) {
        if (endpoint.getAddressesCount() == 0) {
            errors.required(path + ".addresses", "must contain at least 1 address");
        }
        errors.tooMany(path + ".addresses", endpoint.getAddressesCount(), MOST_ADDRESSES);
        for (int i = 0; i < endpoint.getAddressesCount(); i++) {
            address(path + ".addresses[" + i + "]", endpoint.getAddresses(i), type, errors);
        }
        if (endpoint.hasHostname()) {
            errors.invalid(
                    path + ".hostname",
                    endpoint.getHostname(),
                    Names.dns1123Label(endpoint.getHostname()));
        }
        if (endpoint.hasNodeName()) {
            errors.invalid(
                    path + ".nodeName",
                    endpoint.getNodeName(),
                    Names.dns1123Subdomain(endpoint.getNodeName()));
        }
        if (endpoint.hasZone()) {
            errors.invalid(
                    path + ".zone", endpoint.getZone(), Names.labelValue(endpoint.getZone()));
        }
        hints(
                path + ".hints.forZones",
                endpoint.getHints().getForZonesList().stream().map(ForZone::getName).toList(),
                Names::qualifiedName,
                errors);
        hints(
                path + ".hints.forNodes",
                endpoint.getHints().getForNodesList().stream().map(ForNode::getName).toList(),
                Names::dns1123Subdomain,
                errors);
    }

    private static void hints(
            String path,
            List<String> names,
            Function<String, List<String>> rule,
            FieldErrors errors) {
        errors.tooMany(path, names.size(), MOST_HINTS);
        for (int i = 0; i < names.size(); i++) {
            String name = path + "[" + i + "].name";
            errors.invalid(name, names.get(i), rule.apply(names.get(i)));
            if (names.indexOf(names.get(i)) < i) {
                errors.add(FieldError.duplicate(name, names.get(i)));
            }
        }
    }

    private static void address(String path, String address, String type, FieldErrors errors) {
        if (type.equals("FQDN")) {
            errors.invalid(path, address, Names.dns1123Subdomain(address));
            return;
        }
        Optional<IpAddress> parsed = Networks.ordinaryAddress(path, address, errors);
        if (parsed.isPresent() && parsed.get().v6() != type.equals("IPv6")) {
            errors.invalid(path, address, "must be an " + type + " address");
        }
    }

    private static void ports(EndpointSlice.Builder slice, FieldErrors errors) {
        errors.tooMany("ports", slice.getPortsCount(), MOST_PORTS);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < slice.getPortsCount(); i++) {
            String path = "ports[" + i + "]";
            EndpointPort port = slice.getPorts(i);
            if (!port.getName().isEmpty()) {
                errors.invalid(path + ".name", port.getName(), Names.dns1123Label(port.getName()));
            }
            if (!names.add(port.getName())) {
                errors.add(FieldError.duplicate(path + ".name", port.getName()));
            }
            Ports.protocol(path + ".protocol", port.getProtocol(), errors);
            if (port.hasPort()) {
                errors.invalid(path + ".port", port.getPort(), Names.portNumber(port.getPort()));
            }
            if (port.hasAppProtocol()) {
                errors.invalid(
                        path + ".appProtocol",
                        port.getAppProtocol(),
                        Names.qualifiedName(port.getAppProtocol()));
            }
        }
    }
}
