package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.model.Cidr;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Below the gate of what is programmed. */
class NodePortAdmissionTest {
    private static final List<AddressRange> V4 = List.of(new AddressRange(Cidr.of("10.96.0.0/12")));
    private static final Allocations NOTHING = Allocations.empty(V4, PortRange.DEFAULT);

    private static Allocations range(int first, int last) {
        return Allocations.empty(V4, new PortRange(first, last));
    }

    private static List<Integer> numbers(Service service) {
        return service.getSpec().getPortsList().stream().map(ServicePort::getNodePort).toList();
    }

    private static Allocations having(Allocations others, String spec) {
        Service other = Judged.accepted(Optional.empty(), Judged.read("other", spec), others);
        return others.after(Optional.empty(), Optional.of(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NodePort", "LoadBalancer"})
    void everyPortGetsANumberAboveTheBand(String type) {
        Service service =
                Judged.accepted(
                        "{type: %s, ports: [{name: a, port: 80}, {name: b, port: 81}]}"
                                .formatted(type),
                        NOTHING);

        assertThat(numbers(service))
                .doesNotHaveDuplicates()
                .allSatisfy(number -> assertThat(number).isBetween(30_086, 32_767));
        assertThat(service.getSpec().getExternalTrafficPolicy()).isEqualTo("Cluster");
        assertThat(service.getSpec().getHealthCheckNodePort()).isZero();
    }

    @Test
    void twoProtocolsOfOnePortHaveOneNumber() {
        String chosen =
                "{type: NodePort, ports: [{name: t, port: 53, protocol: TCP}, {name: u, port: 53,"
                        + " protocol: UDP}]}";
        String named =
                "{type: NodePort, ports: [{name: t, port: 53, protocol: TCP}, {name: u, port: 53,"
                        + " protocol: UDP, nodePort: 30053}]}";

        assertThat(numbers(Judged.accepted(chosen, NOTHING)).stream().distinct()).hasSize(1);
        assertThat(numbers(Judged.accepted(named, NOTHING))).containsExactly(30_053, 30_053);
    }

    @Test
    void aNumberThatIsTakenForOneProtocolIsNotSharedForIt() {
        Allocations others =
                having(NOTHING, "{type: NodePort, ports: [{port: 1, nodePort: 30053}]}");

        Service service =
                Judged.accepted(
                        "{type: NodePort, ports: [{name: t, port: 53}, {name: u, port: 53,"
                                + " protocol: UDP, nodePort: 30053}]}",
                        others);

        assertThat(numbers(service).getFirst()).isNotEqualTo(30_053).isNotZero();
        assertThat(numbers(service).getLast()).isEqualTo(30_053);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{type: NodePort, ports: [{port: 80, nodePort: 29999}]}|spec.ports[0].nodePort:"
                    + " Invalid value: 29999: provided port is not in the valid range. The range of"
                    + " valid ports is 30000-32767",
                "{type: NodePort, ports: [{port: 80, nodePort: -1}]}|spec.ports[0].nodePort:"
                    + " Invalid value: -1: provided port is not in the valid range. The range of"
                    + " valid ports is 30000-32767",
                "{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81, nodePort:"
                        + " 30007}]}|spec.ports[1].nodePort: Invalid value: 30007: provided port is"
                        + " already allocated",
                "{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80,"
                    + " nodePort: 30007}]}|spec.ports[0].nodePort: Invalid value: 30007: provided"
                    + " port is already allocated",
                "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30007,"
                    + " ports: [{port: 80}]}|spec.healthCheckNodePort: Invalid value: 30007: failed"
                    + " to allocate requested HealthCheck NodePort 30007: provided port is already"
                    + " allocated",
                "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30008,"
                        + " ports: [{port: 80, nodePort: 30008}]}|spec.healthCheckNodePort: Invalid"
                        + " value: 30008: failed to allocate requested HealthCheck NodePort 30008:"
                        + " provided port is already allocated",
                "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 80, ports:"
                        + " [{port: 80}]}|spec.healthCheckNodePort: Invalid value: 80: failed to"
                        + " allocate requested HealthCheck NodePort 80: provided port is not in the"
                        + " valid range. The range of valid ports is 30000-32767",
            })
    void refusesNumbersInKubernetesWords(String spec, String errors) {
        Allocations others =
                having(NOTHING, "{type: NodePort, ports: [{port: 1, nodePort: 30007}]}");

        assertThat(Judged.errors(Optional.empty(), spec, others)).isEqualTo(errors);
    }

    @Test
    void saysWhenTheRangeIsFull() {
        Allocations full = having(range(30_000, 30_000), "{type: NodePort, ports: [{port: 1}]}");
        String balanced = "{type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]}";

        assertThat(Judged.refusal("{type: NodePort, ports: [{port: 80}]}", full))
                .isEqualTo("EXHAUSTED failed to allocate a nodePort: range is full");
        assertThat(Judged.refusal(balanced, range(30_000, 30_000)))
                .isEqualTo("EXHAUSTED failed to allocate a HealthCheck NodePort 0: range is full");
    }

    @Test
    void numbersStayThroughAnUpdateThatDoesNotNameThem() {
        Service old =
                Judged.accepted(
                        "{type: LoadBalancer, externalTrafficPolicy: Local, ports: [{name: a, port:"
                                + " 80}, {name: b, port: 53}, {name: c, port: 53, protocol: UDP}]}",
                        NOTHING);

        Service updated =
                Judged.accepted(
                        Optional.of(old),
                        "{type: LoadBalancer, externalTrafficPolicy: Local, ports: [{name: c, port:"
                                + " 53, protocol: UDP}, {name: b, port: 53}, {name: a, port: 8080},"
                                + " {name: d, port: 9}]}",
                        NOTHING);

        assertThat(numbers(updated).subList(0, 3)).isEqualTo(numbers(old).reversed());
        assertThat(numbers(updated).getLast()).isNotZero().isNotIn(numbers(old));
        assertThat(updated.getSpec().getHealthCheckNodePort())
                .isEqualTo(old.getSpec().getHealthCheckNodePort())
                .isNotZero();
    }

    @Test
    void aNumberMayMoveToAnotherPortOfTheService() {
        Service old =
                Judged.accepted(
                        "{type: NodePort, ports: [{name: a, port: 80, nodePort: 30001}, {name: b,"
                                + " port: 81, nodePort: 30002}]}",
                        NOTHING);

        Service updated =
                Judged.accepted(
                        Optional.of(old),
                        "{type: NodePort, ports: [{name: a, port: 80}, {name: b, port: 81,"
                                + " nodePort: 30001}]}",
                        NOTHING);

        assertThat(numbers(updated).getLast()).isEqualTo(30_001);
        assertThat(numbers(updated).getFirst()).isNotIn(0, 30_001);
    }

    @Test
    void numbersOutsideOfANarrowedRangeStay() {
        Service old = Judged.accepted("{type: NodePort, ports: [{port: 80}]}", NOTHING);
        Allocations narrow = range(20_000, 20_100);

        Service updated =
                Judged.accepted(Optional.of(old), "{type: NodePort, ports: [{port: 81}]}", narrow);

        assertThat(numbers(updated)).isEqualTo(numbers(old));
    }

    @Test
    void aLoadBalancerMayHaveNoneAndKeepsTheOnesItHas() {
        String without =
                "{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}";
        Service old = Judged.accepted("{type: LoadBalancer, ports: [{port: 80}]}", NOTHING);

        assertThat(numbers(Judged.accepted(without, NOTHING))).containsExactly(0);
        assertThat(numbers(Judged.accepted(Optional.of(old), without, NOTHING)))
                .isEqualTo(numbers(old));
    }

    @Test
    void aServiceThatIsJudgedAgainIsTheSame() {
        String spec =
                "{type: LoadBalancer, externalTrafficPolicy: Local, ports: [{name: a, port: 80},"
                        + " {name: u, port: 80, protocol: UDP}]}";
        Service old = Judged.accepted(spec, NOTHING);

        assertThat(Judged.accepted(Optional.of(old), spec, NOTHING)).isEqualTo(old);
        assertThat(Judged.accepted(Optional.of(old), old, NOTHING)).isEqualTo(old);
    }
}
