package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Condition;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.model.Cidr;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecConditionsTest {
    private static final Instant THEN = Instant.ofEpochSecond(100);
    private static final Instant LATER = Instant.ofEpochSecond(200);
    private static final PortRange PORTS = PortRange.of("30000-30100");

    private static SpecConditions allowing(String... ranges) {
        return new SpecConditions(
                List.of(
                        new AddressRange(Cidr.of("10.96.0.0/24")),
                        new AddressRange(Cidr.of("fd00::/112"))),
                PORTS,
                List.of(ranges).stream().map(Cidr::of).toList());
    }

    private static Service external() {
        Service.Builder service = Service.newBuilder();
        service.getSpecBuilder()
                .setType("ClusterIP")
                .addExternalIps("192.0.2.7")
                .addExternalIps("2001:db8::7");
        return service.build();
    }

    private static List<String> words(Service service) {
        return service.getStatus().getConditionsList().stream()
                .map(
                        one ->
                                one.getType()
                                        + "="
                                        + one.getStatus()
                                        + " "
                                        + one.getReason()
                                        + ": "
                                        + one.getMessage())
                .toList();
    }

    @Test
    void externalIpsOutsideOfTheAllowedRangesAreNamedWithTheFlag() {
        assertThat(words(allowing().on(external(), THEN)))
                .containsExactly(
                        "ExternalIPsProgrammed=False NotInAllowedRange: no node takes traffic to"
                                + " externalIPs 192.0.2.7, 2001:db8::7: no range of"
                                + " --external-ip-ranges has them");
        assertThat(words(allowing("192.0.2.0/24").on(external(), THEN)).getFirst())
                .contains("externalIPs 2001:db8::7: no range");
        assertThat(words(allowing("192.0.2.0/24", "2001:db8::/64").on(external(), THEN)))
                .containsExactly("ExternalIPsProgrammed=True InAllowedRange: ");
    }

    @Test
    void anotherSettingChangesTheConditionAndTheSameOneNothing() {
        Service off = allowing().on(external(), THEN);
        Service on = allowing("192.0.2.0/24", "2001:db8::/64").on(off, LATER);

        assertThat(allowing().on(off, LATER)).isSameAs(off);
        assertThat(on.getStatus().getConditionsList())
                .extracting(Condition::getLastTransitionTime)
                .extracting(time -> time.getSeconds())
                .containsExactly(200L);
    }

    @Test
    void whoHasNoExternalIpsAnyMoreHasNoConditionAndOthersStay() {
        Service.Builder off = allowing().on(external(), THEN).toBuilder();
        off.getStatusBuilder().addConditionsBuilder().setType("Other").setStatus("True");
        off.getSpecBuilder().clearExternalIps();

        assertThat(words(allowing().on(off.build(), LATER))).containsExactly("Other=True : ");
    }

    @Test
    void whatIsOutsideOfANarrowedRangeIsShown() {
        Service.Builder service = Service.newBuilder();
        service.getSpecBuilder()
                .setType("LoadBalancer")
                .addClusterIps("10.97.0.1")
                .addClusterIps("fd00::5")
                .setHealthCheckNodePort(31000)
                .addPortsBuilder()
                .setProtocol("TCP")
                .setNodePort(30007);

        assertThat(words(allowing().on(service.build(), THEN)))
                .containsExactly(
                        "NodePortInRange=False OutOfRange: 31000 is kept, and is not in the valid"
                                + " range. The range of valid ports is 30000-30100",
                        "ClusterIPInRange=False OutOfRange: 10.97.0.1 is kept, and is not in the"
                            + " valid range. The range of valid IPs is 10.96.0.0/24, fd00::/112");
    }

    @Test
    void aHeadlessServiceHasNoAddressToBeOutside() {
        Service.Builder service = Service.newBuilder();
        service.getSpecBuilder().setType("ClusterIP").setClusterIp("None").addClusterIps("None");

        assertThat(allowing().on(service.build(), THEN).hasStatus()).isFalse();
    }
}
