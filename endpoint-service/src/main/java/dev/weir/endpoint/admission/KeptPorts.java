package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.NodePort;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The node ports of a Service through a change of it.
 *
 * <p>Those that the writer leaves out stay, as those of the port of that name, unless the writer
 * gives them to another port (registry/core/service, patchAllocatedValues).
 */
final class KeptPorts {
    private KeptPorts() {}

    static void keep(Service old, ServiceSpec.Builder spec) {
        if (!NodePort.reachable(old.getSpec().getType()) || !NodePort.reachable(spec.getType())) {
            return;
        }
        Map<String, Integer> numbers =
                old.getSpec().getPortsList().stream()
                        .collect(
                                Collectors.toMap(
                                        ServicePort::getName,
                                        ServicePort::getNodePort,
                                        (first, second) -> first));
        Set<NodePort> taken =
                spec.getPortsList().stream()
                        .map(NodePort::of)
                        .collect(Collectors.toCollection(HashSet::new));
        for (ServicePort.Builder port : spec.getPortsBuilderList()) {
            NodePort before =
                    new NodePort(port.getProtocol(), numbers.getOrDefault(port.getName(), 0));
            if (port.getNodePort() == 0 && before.number() != 0 && taken.add(before)) {
                port.setNodePort(before.number());
            }
        }
        if (ServiceAdmission.needsHealthCheck(old.getSpec())
                && ServiceAdmission.needsHealthCheck(spec)
                && spec.getHealthCheckNodePort() == 0) {
            spec.setHealthCheckNodePort(old.getSpec().getHealthCheckNodePort());
        }
    }
}
