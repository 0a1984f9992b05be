package dev.weir.endpoint.allocate;

import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.List;
import java.util.stream.Stream;

/**
 * A port of every node that belongs to one Service.
 *
 * @param protocol as the Service's port has it
 */
public record NodePort(String protocol, int number) {
    /** What health-check ports are asked over. */
    public static final String HEALTH_PROTOCOL = "TCP";

    static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");

    /** Those that a Service has, its health-check port included. */
    public static List<NodePort> of(Service service) {
        if (!reachable(service.getSpec().getType())) {
            return List.of();
        }
        Stream<NodePort> ports =
                service.getSpec().getPortsList().stream()
                        .filter(port -> port.getNodePort() != 0)
                        .map(NodePort::of);
        int health = service.getSpec().getHealthCheckNodePort();
        return health == 0
                ? ports.toList()
                : Stream.concat(ports, Stream.of(health(health))).toList();
    }

    public static NodePort of(ServicePort port) {
        return new NodePort(port.getProtocol(), port.getNodePort());
    }

    public static NodePort health(int number) {
        return new NodePort(HEALTH_PROTOCOL, number);
    }

    /** Whether a Service of this type is reached through node ports. */
    public static boolean reachable(String type) {
        return type.equals("NodePort") || type.equals("LoadBalancer");
    }
}
