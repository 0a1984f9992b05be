package dev.weir.endpoint.admission;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Ports;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.HashSet;
import java.util.Set;

/** The ports of a Service. */
final class ServicePorts {
    private ServicePorts() {}

    /** How a port is shown where it repeats another one. */
    private record PortNumber(String protocol, int port) {
        @Override
        public String toString() {
            return "{\"protocol\":\"" + protocol + "\",\"port\":" + port + "}";
        }
    }

    static void check(ServiceSpecOrBuilder spec, FieldErrors errors) {
        boolean mayHaveNone =
                ServiceAdmission.isHeadless(spec)
                        || spec.getType().equals(ServiceAdmission.EXTERNAL_NAME);
        if (spec.getPortsCount() == 0 && !mayHaveNone) {
            errors.required("spec.ports", "");
        }
        Set<String> names = new HashSet<>();
        Set<PortNumber> numbers = new HashSet<>();
        Set<PortNumber> nodePorts = new HashSet<>();
        for (int i = 0; i < spec.getPortsCount(); i++) {
            String path = "spec.ports[" + i + "]";
            ServicePort port = spec.getPorts(i);
            check(path, port, spec.getPortsCount() > 1, errors);
            if (!port.getName().isEmpty() && !names.add(port.getName())) {
                errors.add(FieldError.duplicate(path + ".name", port.getName()));
            }
            PortNumber number = new PortNumber(port.getProtocol(), port.getPort());
            if (!numbers.add(number)) {
                errors.add(FieldError.duplicate(path, number));
            }
            nodePort(path, port, spec.getType(), nodePorts, errors);
        }
    }

    private static void check(
            String path, ServicePort port, boolean needsName, FieldErrors errors) {
        if (!port.getName().isEmpty()) {
            errors.invalid(path + ".name", port.getName(), Names.dns1123Label(port.getName()));
        } else if (needsName) {
            errors.required(path + ".name", "");
        }
        errors.invalid(path + ".port", port.getPort(), Names.portNumber(port.getPort()));
        Ports.protocol(path + ".protocol", port.getProtocol(), errors);
        Ports.numberOrName(path + ".targetPort", port.getTargetPort(), errors);
        if (port.hasAppProtocol()) {
            errors.invalid(
                    path + ".appProtocol",
                    port.getAppProtocol(),
                    Names.qualifiedName(port.getAppProtocol()));
        }
    }

    private static void nodePort(
            String path, ServicePort port, String type, Set<PortNumber> seen, FieldErrors errors) {
        if (port.getNodePort() == 0) {
            return;
        }
        if (type.equals(ServiceAdmission.CLUSTER_IP)) {
            errors.forbidden(path + ".nodePort", "may not be used when `type` is 'ClusterIP'");
        }
        if (!seen.add(new PortNumber(port.getProtocol(), port.getNodePort()))) {
            errors.add(FieldError.duplicate(path + ".nodePort", port.getNodePort()));
        }
    }
}
