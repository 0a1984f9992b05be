package dev.weir.endpoint.allocate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodePortsTest {
    private static final NodePorts NONE = NodePorts.empty(PortRange.DEFAULT);

    private static Key key(String name) {
        return Kinds.SERVICE.key("default", name);
    }

    private static Service service(String name, String type, NodePort... ports) {
        ServiceSpec.Builder spec = ServiceSpec.newBuilder().setType(type);
        Stream.of(ports)
                .forEach(
                        port ->
                                spec.addPorts(
                                        ServicePort.newBuilder()
                                                .setProtocol(port.protocol())
                                                .setNodePort(port.number())));
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName(name))
                .setSpec(spec)
                .build();
    }

    /** Range, its band, and the lowest number that is chosen unasked. */
    @ParameterizedTest
    @CsvSource({
        "30000-32767, 86, 30086",
        "30000-30015, 0, 30000",
        "30000-30016, 16, 30016",
        "30000-30543, 17, 30017",
        "2000-6199, 128, 2128",
        "30000-30000, 0, 30000",
    })
    void leavesABandToThoseWhoAsk(String text, int band, int first) {
        PortRange range = PortRange.of(text);
        NodePorts ports = NodePorts.empty(range);
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < range.size() - band; i++) {
            int number = ports.choose(key("s" + i)).orElseThrow();
            lowest = Math.min(lowest, number);
            ports = ports.with(new NodePort("TCP", number), key("s"));
        }

        assertThat(range.band()).isEqualTo(band);
        assertThat(lowest).isEqualTo(first);
        assertThat(range).hasToString(text);
        if (band > 0) {
            assertThat(ports.choose(key("late")).orElseThrow())
                    .as("the band, when nothing else is left")
                    .isBetween(range.first(), first - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30000", "a-b", "30000-29999", "0-10", "1-65536", "1-2-3", "-5-10"})
    void refusesWhatIsNoRange(String text) {
        assertThatThrownBy(() -> PortRange.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FROM-TO");
    }

    @Test
    void aNumberIsTakenForOneProtocol() {
        NodePort port = new NodePort("TCP", 30_007);
        NodePorts ports = NONE.after(Optional.empty(), Optional.of(service("a", "NodePort", port)));

        assertThat(ports.refusal(port)).contains("provided port is already allocated");
        assertThat(ports.refusal(new NodePort("UDP", 30_007))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 80, 29_999, 32_768, 70_000})
    void aNumberIsInTheRange(int number) {
        assertThat(NONE.refusal(new NodePort("TCP", number)))
                .contains(
                        "provided port is not in the valid range. The range of valid ports is"
                                + " 30000-32767");
    }

    @Test
    void whatIsChosenIsFreeForAllProtocols() {
        int number = NONE.choose(key("a")).orElseThrow();

        NodePorts ports = NONE.with(new NodePort("UDP", number), key("b"));

        assertThat(ports.choose(key("a")).orElseThrow()).isNotEqualTo(number);
    }

    @Test
    void saysWhenNothingIsLeft() {
        NodePorts ports = NodePorts.empty(new PortRange(30_000, 30_001));
        for (int number : new int[] {30_000, 30_001}) {
            ports = ports.with(new NodePort("TCP", number), key("a"));
        }

        assertThat(ports.choose(key("b"))).isEqualTo(OptionalInt.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ClusterIP", "ExternalName", "deleted"})
    void aServiceThatNeedsNoneGivesItsPortsBack(String type) {
        NodePort port = new NodePort("TCP", 30_007);
        Service before = service("a", "NodePort", port);
        NodePorts ports = NONE.after(Optional.empty(), Optional.of(before));

        NodePorts after =
                ports.after(
                        Optional.of(before),
                        Optional.of(type)
                                .filter(name -> !name.equals("deleted"))
                                .map(name -> service("a", name, port)));

        assertThat(after.owner(port)).isEmpty();
    }

    @Test
    void aHealthCheckHasItsPortForTcp() {
        Service service =
                service("a", "LoadBalancer").toBuilder()
                        .setSpec(
                                ServiceSpec.newBuilder()
                                        .setType("LoadBalancer")
                                        .setHealthCheckNodePort(30_009))
                        .build();

        NodePorts ports = NodePorts.of(PortRange.DEFAULT, Stream.of(service));

        assertThat(ports.owner(new NodePort("TCP", 30_009))).contains(key("a"));
    }
}
