package dev.weir.model;

import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.model.check.Ports;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSubset;
import dev.weir.net.v1.Endpoints;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Endpoints by the rules of core/v1 (k8s.io/kubernetes, validation.go: ValidateEndpoints). */
final class EndpointsChecks {
    private EndpointsChecks() {}

    static List<FieldError> errors(Endpoints endpoints) {
        FieldErrors errors = new FieldErrors();
        errors.invalid(
                "metadata.name",
                endpoints.getMetadata().getName(),
                Names.labelValue(endpoints.getMetadata().getName()));
        for (int i = 0; i < endpoints.getSubsetsCount(); i++) {
            subset("subsets[" + i + "]", endpoints.getSubsets(i), errors);
        }
        return errors.list();
    }

    private static void subset(String path, EndpointSubset subset, FieldErrors errors) {
        if (subset.getAddressesCount() == 0 && subset.getNotReadyAddressesCount() == 0) {
            errors.required(path, "must specify `addresses` or `notReadyAddresses`");
        }
        addresses(path + ".addresses", subset.getAddressesList(), errors);
        addresses(path + ".notReadyAddresses", subset.getNotReadyAddressesList(), errors);
        ports(path + ".ports", subset.getPortsList(), errors);
    }

    private static void addresses(
            String path, List<EndpointAddress> addresses, FieldErrors errors) {
        for (int i = 0; i < addresses.size(); i++) {
            EndpointAddress address = addresses.get(i);
            String here = path + "[" + i + "]";
            Networks.ordinaryAddress(here + ".ip", address.getIp(), errors);
            if (!address.getHostname().isEmpty()) {
                errors.invalid(
                        here + ".hostname",
                        address.getHostname(),
                        Names.dns1123Label(address.getHostname()));
            }
            if (!address.getNodeName().isEmpty()) {
                errors.invalid(
                        here + ".nodeName",
                        address.getNodeName(),
                        Names.dns1123Subdomain(address.getNodeName()));
            }
        }
    }

    private static void ports(String path, List<EndpointPort> ports, FieldErrors errors) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            EndpointPort port = ports.get(i);
            String here = path + "[" + i + "]";
            if (port.getName().isEmpty() && ports.size() > 1) {
                errors.required(here + ".name", "");
            } else if (!port.getName().isEmpty()) {
                errors.invalid(here + ".name", port.getName(), Names.dns1123Label(port.getName()));
            }
            if (!names.add(port.getName()) && !port.getName().isEmpty()) {
                errors.add(FieldError.duplicate(here + ".name", port.getName()));
            }
            errors.invalid(here + ".port", port.getPort(), Names.portNumber(port.getPort()));
            Ports.protocol(here + ".protocol", MirroredSubset.protocol(port), errors);
            if (port.hasAppProtocol()) {
                errors.invalid(
                        here + ".appProtocol",
                        port.getAppProtocol(),
                        Names.qualifiedName(port.getAppProtocol()));
            }
        }
    }
}
