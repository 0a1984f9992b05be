package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeImage;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.node.v1.WhyRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The port that is asked about.
 *
 * @param number 0 where none was said and the destination has no particular one
 */
record WhyPort(int number, Protocol protocol) {
    private static final int LAST = 65_535;

    /**
     * As asked; where no port was, the only one of the Service or address. Throws a
     * FailureException if it has several.
     */
    static WhyPort of(
            WhyRequest question,
            Optional<Service> service,
            Optional<IpAddress> address,
            NodeImage image) {
        if (question.getPort() < 0 || question.getPort() > LAST) {
            throw WhyNames.bad(
                    "port %d is not between 1 and %d".formatted(question.getPort(), LAST));
        }
        Protocol protocol = protocol(question.getProtocol());
        if (question.getPort() > 0) {
            return new WhyPort(question.getPort(), protocol);
        }
        List<WhyPort> ports =
                service.map(WhyPort::all)
                        .orElseGet(
                                () ->
                                        image.services().keySet().stream()
                                                .filter(at(address))
                                                .map(WhyPort::of)
                                                .distinct()
                                                .toList());
        if (ports.size() > 1) {
            throw WhyNames.bad(
                    "%s has several ports, say one: %s"
                            .formatted(question.getDestination(), list(ports)));
        }
        return ports.isEmpty() ? new WhyPort(0, protocol) : ports.getFirst();
    }

    private static Predicate<Frontend> at(Optional<IpAddress> address) {
        return frontend -> address.filter(frontend.address()::equals).isPresent();
    }

    static WhyPort of(Frontend frontend) {
        return new WhyPort(frontend.port(), frontend.protocol());
    }

    private static List<WhyPort> all(Service service) {
        return service.getSpec().getPortsList().stream()
                .map(port -> new WhyPort(port.getPort(), Protocol.of(port.getProtocol())))
                .toList();
    }

    static String list(List<WhyPort> ports) {
        return ports.stream().map(WhyPort::toString).sorted().collect(Collectors.joining(", "));
    }

    private static Protocol protocol(String asked) {
        return Arrays.stream(Protocol.values())
                .filter(known -> known.name().equals(asked.isEmpty() ? "TCP" : asked))
                .findFirst()
                .orElseThrow(
                        () ->
                                WhyNames.bad(
                                        "\"%s\" is no protocol; there are TCP, UDP and SCTP"
                                                .formatted(asked)));
    }

    Optional<ServicePort> of(Service service) {
        return service.getSpec().getPortsList().stream()
                .filter(
                        port ->
                                port.getPort() == number
                                        && Protocol.of(port.getProtocol()) == protocol)
                .findFirst();
    }

    @Override
    public String toString() {
        return number + "/" + protocol;
    }
}
