package dev.weir.agent.probe;

import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.Probe;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** What one container is asked, from the node at the pod's address. */
sealed interface Check permits TcpCheck, HttpCheck, GrpcCheck, Check.Nowhere {

    /**
     * Asks once. False or an exception when it is not ready.
     *
     * @param timeout for each step of the way
     */
    boolean passes(Duration timeout) throws IOException;

    /** Of the container's readiness probe. */
    static Check of(Container container, IpAddress pod) {
        Probe probe = container.getReadinessProbe();
        if (probe.hasGrpc()) {
            return new GrpcCheck(
                    new InetSocketAddress(pod.toInetAddress(), probe.getGrpc().getPort()),
                    probe.getGrpc().getService());
        }
        IntOrString port =
                probe.hasTcpSocket()
                        ? probe.getTcpSocket().getPort()
                        : probe.getHttpGet().getPort();
        Optional<InetSocketAddress> at =
                number(port, container)
                        .map(number -> new InetSocketAddress(pod.toInetAddress(), number));
        return at.<Check>map(
                        address ->
                                probe.hasTcpSocket()
                                        ? new TcpCheck(address)
                                        : new HttpCheck(address, probe.getHttpGet().getPath()))
                .orElse(new Nowhere());
    }

    private static Optional<Integer> number(IntOrString port, Container container) {
        return switch (port.getValueCase()) {
            case INT_VAL -> Optional.of(port.getIntVal());
            case STR_VAL ->
                    container.getPortsList().stream()
                            .filter(named -> named.getName().equals(port.getStrVal()))
                            .map(ContainerPort::getContainerPort)
                            .findFirst();
            case VALUE_NOT_SET -> Optional.empty();
        };
    }

    /** A port by a name that the container does not have. */
    record Nowhere() implements Check {
        @Override
        public boolean passes(Duration timeout) {
            return false;
        }
    }
}
