package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Condition;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.Allocations;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.model.Cidr;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who writes the addresses in a status, and that no two Services have one. */
class BalancedStatusTest {
    private static final Allocations NOTHING =
            Allocations.empty(
                    List.of(new AddressRange(Cidr.of("10.96.0.0/16"))), PortRange.DEFAULT);
    private static final String OURS = "{type: LoadBalancer, ports: [{port: 80}]}";
    private static final String OTHERS =
            "{type: LoadBalancer, loadBalancerClass: a/b, ports: [{port: 80}]}";

    private static Service at(Service service, String ip) {
        Service.Builder at = service.toBuilder();
        at.getStatusBuilder()
                .clearLoadBalancer()
                .getLoadBalancerBuilder()
                .addIngressBuilder()
                .setIp(ip)
                .setIpMode("VIP");
        return at.build();
    }

    @Test
    void aStatusIsNotMadeWithTheService() {
        Service made =
                Judged.accepted(
                        Optional.empty(), at(Judged.read("web", OTHERS), "192.0.2.1"), NOTHING);

        assertThat(made.hasStatus()).isFalse();
    }

    @Test
    void nobodyElseWritesTheAddressesThatAreGivenHere() {
        Service old = Judged.accepted(OURS, NOTHING);
        Service given = at(old, "192.0.2.1");

        assertThat(Judged.errors(Optional.of(old), given, NOTHING))
                .isEqualTo(
                        "status.loadBalancer: Forbidden: is given out of address pools for this"
                                + " class");
        assertThat(Judged.errors(Optional.of(given), given, NOTHING)).startsWith("accepted");
    }

    @Test
    void theConditionStaysAsItIsAndGoesWithTheType() {
        Service.Builder old = at(Judged.accepted(OURS, NOTHING), "192.0.2.1").toBuilder();
        Condition assigned =
                Condition.newBuilder()
                        .setType("LoadBalancerAddressAssigned")
                        .setStatus("True")
                        .build();
        old.getStatusBuilder().addConditions(assigned);
        Service.Builder lied = old.clone();
        lied.getStatusBuilder().getConditionsBuilder(0).setStatus("False");
        Service.Builder changed = old.clone();
        changed.getSpecBuilder().setType("NodePort");

        assertThat(
                        Judged.accepted(Optional.of(old.build()), lied.build(), NOTHING)
                                .getStatus()
                                .getConditionsList())
                .containsExactly(assigned);
        assertThat(
                        Judged.accepted(Optional.of(old.build()), changed.build(), NOTHING)
                                .getStatus()
                                .getConditionsList())
                .isEmpty();
    }

    @Test
    void noTwoServicesHaveOnePortAtOneAddress() {
        Service first = at(Judged.accepted(OTHERS, NOTHING), "192.0.2.1").toBuilder().build();
        Allocations others = NOTHING.after(Optional.empty(), Optional.of(renamed(first, "first")));
        Service old = Judged.accepted(OTHERS.replace("80", "81"), others);

        assertThat(Judged.errors(Optional.of(old), at(old, "192.0.2.1"), others))
                .startsWith("accepted");
        Service both = port(at(old, "192.0.2.1"), 80);
        assertThat(Judged.errors(Optional.of(at(old, "192.0.2.1")), both, others))
                .isEqualTo(
                        "spec.ports[0].port: Invalid value: 80: provided port is already allocated"
                                + " at 192.0.2.1");
        assertThat(Judged.errors(Optional.of(both), both, others))
                .as("what it had before")
                .startsWith("accepted");
    }

    private static Service renamed(Service service, String name) {
        Service.Builder renamed = service.toBuilder();
        renamed.getMetadataBuilder().setName(name);
        renamed.getSpecBuilder().clearClusterIp().clearClusterIps().clearPorts();
        renamed.getSpecBuilder().addPortsBuilder().setProtocol("TCP").setPort(80);
        return renamed.build();
    }

    private static Service port(Service service, int number) {
        Service.Builder changed = service.toBuilder();
        changed.getSpecBuilder().getPortsBuilder(0).setPort(number);
        return changed.build();
    }

    @Test
    void theAnnotationsAskForAddressesAndAPool() {
        assertThat(
                        Judged.errors(
                                Optional.empty(),
                                Judged.read(
                                        "web",
                                        "{weir.dev/load-balancer-ips: \"192.0.2.1,192.0.2.2,x\","
                                                + " weir.dev/address-pool: A_B}",
                                        OURS),
                                NOTHING))
                .isEqualTo(
                        "metadata.annotations[weir.dev/load-balancer-ips]: Invalid value:"
                            + " \"192.0.2.2\": may hold no more than one IP for each IP family &"
                            + " metadata.annotations[weir.dev/load-balancer-ips]: Invalid value:"
                            + " \"x\": must be a valid IP address, (e.g. 10.9.8.7 or"
                            + " 2001:db8::ffff) & metadata.annotations[weir.dev/address-pool]:"
                            + " Invalid value: \"A_B\": a lowercase RFC 1123 subdomain must consist"
                            + " of lower case alphanumeric characters, '-' or '.', and must start"
                            + " and end with an alphanumeric character (e.g. 'example.com', regex"
                            + " used for validation is"
                            + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }
}
