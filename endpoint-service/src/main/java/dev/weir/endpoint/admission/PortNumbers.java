package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.NodePort;
import dev.weir.endpoint.allocate.NodePorts;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A node port for each port of a Service that needs them, and one for its health check. */
final class PortNumbers {
    private final Service.Builder service;
    private final Key key;
    private final Set<NodePort> kept;
    private final List<FieldError> errors = new ArrayList<>();

    /** What others have, and what this Service has so far. */
    private NodePorts ports;

    private PortNumbers(Optional<Service> old, Service accepted, NodePorts ports) {
        this.service = accepted.toBuilder();
        this.key = Kinds.SERVICE.key(accepted.getMetadata());
        this.kept = Set.copyOf(old.map(NodePort::of).orElse(List.of()));
        this.ports = ports;
    }

    /**
     * The Service has passed its checks. Ports that it had before are not judged again.
     *
     * @param ports without those of the old Service
     */
    static Judgement<Service> allocate(Optional<Service> old, Service accepted, NodePorts ports) {
        return NodePort.reachable(accepted.getSpec().getType())
                ? new PortNumbers(old, accepted, ports).allocate()
                : new Judgement.Accepted<>(accepted);
    }

    private Judgement<Service> allocate() {
        ServiceSpec.Builder spec = service.getSpecBuilder();
        for (int i = 0; i < spec.getPortsCount(); i++) {
            if (spec.getPorts(i).getNodePort() != 0) {
                take("spec.ports[" + i + "].nodePort", NodePort.of(spec.getPorts(i)), "");
            }
        }
        int health = spec.getHealthCheckNodePort();
        if (health != 0) {
            take(
                    "spec.healthCheckNodePort",
                    NodePort.health(health),
                    "failed to allocate requested HealthCheck NodePort " + health + ": ");
        }
        return errors.isEmpty()
                ? complete(spec)
                : new Judgement.Refused<>(Failure.invalid(Kinds.SERVICE, key.name(), errors));
    }

    private void take(String path, NodePort port, String prefix) {
        Optional<String> refusal = kept.contains(port) ? Optional.empty() : ports.refusal(port);
        refusal.ifPresent(
                reason -> errors.add(FieldError.invalid(path, port.number(), prefix + reason)));
        ports = ports.with(port, key);
    }

    private Judgement<Service> complete(ServiceSpec.Builder spec) {
        if (!spec.getType().equals(ServiceAdmission.LOAD_BALANCER)
                || spec.getAllocateLoadBalancerNodePorts()) {
            for (ServicePort.Builder port : spec.getPortsBuilderList()) {
                OptionalInt number = port.getNodePort() == 0 ? number(port) : OptionalInt.empty();
                number.ifPresent(port::setNodePort);
                if (port.getNodePort() == 0) {
                    return exhausted("failed to allocate a nodePort: ");
                }
                ports = ports.with(NodePort.of(port.build()), key);
            }
        }
        if (ServiceAdmission.needsHealthCheck(spec) && spec.getHealthCheckNodePort() == 0) {
            OptionalInt number = ports.choose(key);
            if (number.isEmpty()) {
                return exhausted("failed to allocate a HealthCheck NodePort 0: ");
            }
            spec.setHealthCheckNodePort(number.getAsInt());
        }
        return new Judgement.Accepted<>(service.build());
    }

    /** That of the same port of another protocol, if it can be had, else a new one. */
    private OptionalInt number(ServicePort.Builder port) {
        OptionalInt shared =
                service.getSpec().getPortsList().stream()
                        .filter(other -> other.getPort() == port.getPort())
                        .mapToInt(ServicePort::getNodePort)
                        .filter(number -> number != 0)
                        .filter(
                                number ->
                                        ports.refusal(new NodePort(port.getProtocol(), number))
                                                .isEmpty())
                        .findFirst();
        return shared.isPresent() ? shared : ports.choose(key);
    }

    private Judgement<Service> exhausted(String what) {
        return new Judgement.Refused<>(
                new Failure(Reason.EXHAUSTED, what + NodePorts.FULL, key.name(), List.of()));
    }
}
