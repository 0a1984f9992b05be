package dev.weir.endpoint.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.net.v1.PortStatus;
import dev.weir.net.v1.Service;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalancerTest {
    private static final String TCP = "{type: LoadBalancer, ports: [{port: 80, protocol: TCP}]}";
    private static final String UDP = "{type: LoadBalancer, ports: [{port: 80, protocol: UDP}]}";
    private static final String KEY = "{weir.dev/sharing-key: front}";
    private static final String DUAL =
            "{type: LoadBalancer, ipFamilyPolicy: %s, ipFamilies: [IPv4, IPv6],"
                    + " ports: [{port: 80, protocol: TCP}]}";

    private final Scene scene = new Scene();

    @Test
    void aServiceIsGivenTheLowestFreeAddressWithItsPorts() {
        scene.pool("lab", "192.0.2.16/30").balanced("a").balanced("b");

        assertThat(scene.at("a")).isEqualTo("192.0.2.16");
        assertThat(scene.at("b")).isEqualTo("192.0.2.17");
        assertThat(scene.says("b")).isEqualTo("True AddressAssigned: 192.0.2.17 of pool \"lab\"");
        var ingress = scene.find("a").orElseThrow().getStatus().getLoadBalancer().getIngress(0);
        assertThat(ingress.getIpMode()).isEqualTo("VIP");
        assertThat(ingress.getPortsList())
                .containsExactly(PortStatus.newBuilder().setPort(80).setProtocol("TCP").build());
    }

    @Test
    void aPoolThatComesLaterHelpsThoseWhoWaitTheOldestFirst() {
        scene.balanced("z").balanced("a").balanced("m");
        assertThat(scene.says("z"))
                .isEqualTo(
                        "False NoAddressPool: no pool has IPv4 addresses for those who name none");

        scene.pool("lab", "192.0.2.16-192.0.2.17");

        assertThat(List.of(scene.at("z"), scene.at("a"), scene.at("m")))
                .containsExactly("192.0.2.16", "192.0.2.17", "");
        assertThat(scene.says("m"))
                .isEqualTo("False AddressPoolExhausted: no IPv4 address is left in pool \"lab\"");
    }

    @Test
    void anAddressThatIsGivenBackGoesToWhoWaitsLongest() {
        scene.pool("lab", "192.0.2.16/32").balanced("a").balanced("b").balanced("c");

        scene.removeService("a");

        assertThat(scene.at("b")).isEqualTo("192.0.2.16");
        assertThat(scene.at("c")).isEmpty();

        scene.service("b", "{}", "{type: ClusterIP, ports: [{port: 80, protocol: TCP}]}");

        assertThat(scene.at("c")).isEqualTo("192.0.2.16");
    }

    @Test
    void anAddressOfANodeIsNotGivenOut() {
        scene.node("n1", "192.0.2.16", "2001:db8::1")
                .node("n2", "192.0.2.17")
                .pool("lab", "192.0.2.16/30")
                .balanced("a")
                .balanced("b")
                .balanced("c");

        assertThat(List.of(scene.at("a"), scene.at("b"), scene.at("c")))
                .containsExactly("192.0.2.18", "192.0.2.19", "");
        assertThat(scene.says("c"))
                .isEqualTo("False AddressPoolExhausted: no IPv4 address is left in pool \"lab\"");

        scene.node("n2");

        assertThat(scene.at("c")).isEqualTo("192.0.2.17");
    }

    @Test
    void whoAsksForAnAddressOfANodeIsToldWhose() {
        scene.node("n1", "192.0.2.16")
                .pool("lab", "192.0.2.16/30")
                .service("a", "{weir.dev/load-balancer-ips: 192.0.2.16}", TCP);

        assertThat(scene.at("a")).isEmpty();
        assertThat(scene.says("a"))
                .isEqualTo("False AddressOfNode: 192.0.2.16 is an address of node \"n1\"");
    }

    @Test
    void aNodeThatComesToAnAddressTakesItBack() {
        scene.pool("lab", "192.0.2.16/30", "2001:db8::/126")
                .service("a", "{}", DUAL.formatted("RequireDualStack"))
                .node("n1", "192.0.2.16", "2001:db8::");

        assertThat(scene.at("a")).isEqualTo("192.0.2.17,2001:db8::1");
    }

    @Test
    void anAddressIsKeptWhateverComesAndGoes() {
        scene.pool("lab", "192.0.2.16/30").balanced("a").balanced("b");

        scene.removeService("a").pool("early", "192.0.2.0/30").service("b", "{note: changed}", TCP);

        assertThat(scene.at("b")).isEqualTo("192.0.2.17");
    }

    @Test
    void anAddressThatIsInNoPoolAnyMoreIsReplaced() {
        scene.pool("lab", "192.0.2.16/30").balanced("a");

        scene.pool("lab", "192.0.2.32/30");

        assertThat(scene.at("a")).isEqualTo("192.0.2.32");

        scene.removePool("lab");

        assertThat(scene.at("a")).isEmpty();
        assertThat(scene.says("a")).startsWith("False NoAddressPool");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{weir.dev/load-balancer-ips: 192.0.2.19}|192.0.2.19|True AddressAssigned",
                "{weir.dev/load-balancer-ips: 198.51.100.1}||False AddressNotInPool: 198.51.100.1"
                        + " is not in any pool",
                "{weir.dev/load-balancer-ips: 192.0.2.16}||False AddressInUse: 192.0.2.16 belongs"
                        + " to shop/first",
                "{weir.dev/load-balancer-ips: 203.0.113.5}|203.0.113.5|True AddressAssigned",
                "{weir.dev/address-pool: private}|203.0.113.4|True AddressAssigned",
                "{weir.dev/address-pool: nowhere}||False NoAddressPool: pool \"nowhere\" does not"
                        + " exist",
                "{weir.dev/address-pool: six}||False NoAddressPool: pool \"six\" has no IPv4"
                        + " addresses",
                "{weir.dev/address-pool: private, weir.dev/load-balancer-ips: 192.0.2.19}||False"
                        + " AddressNotInPool: 192.0.2.19 is not in pool \"private\"",
                "{weir.dev/load-balancer-ips: \"2001:db8::5\"}|192.0.2.17|False AddressNotInPool:"
                        + " 192.0.2.17 of pool \"lab\"; 2001:db8::5 is no address of its families",
            })
    void whatIsAskedForIsGivenOrItIsSaidWhyNot(String annotations, String address, String says) {
        scene.pool("lab", "192.0.2.16/30")
                .pool("private", false, "203.0.113.4/30")
                .pool("six", "2001:db8::/64")
                .balanced("first");

        scene.service("web", annotations, TCP);

        assertThat(scene.at("web")).isEqualTo(address == null ? "" : address);
        assertThat(scene.says("web")).startsWith(says);
    }

    @Test
    void theFieldOfTheSpecAsksAsWellAndAnotherRequestMovesTheService() {
        String spec =
                "{type: LoadBalancer, loadBalancerIP: %s, ports: [{port: 80, protocol: TCP}]}";
        scene.pool("lab", "192.0.2.16/28").service("web", "{}", spec.formatted("192.0.2.20"));
        assertThat(scene.at("web")).isEqualTo("192.0.2.20");

        scene.service("web", "{}", spec.formatted("192.0.2.21"));
        assertThat(scene.at("web")).isEqualTo("192.0.2.21");

        scene.service("web", "{}", TCP);
        assertThat(scene.at("web")).isEqualTo("192.0.2.21");

        scene.service("web", "{}", spec.formatted("lb.example"));
        assertThat(scene.says("web")).startsWith("False AddressNotInPool");
    }

    @Test
    void whoWaitsForOneAddressIsGivenItWhenItIsFree() {
        scene.pool("lab", "192.0.2.16/30")
                .balanced("a")
                .service("b", "{weir.dev/load-balancer-ips: 192.0.2.16}", TCP);
        assertThat(scene.at("b")).isEmpty();

        scene.removeService("a");

        assertThat(scene.at("b")).isEqualTo("192.0.2.16");
    }

    @Test
    void servicesOfOneKeyShareAnAddressAtDifferentPorts() {
        scene.pool("lab", "192.0.2.16/30")
                .service("a", KEY, TCP)
                .service("b", KEY, UDP)
                .service("c", KEY, TCP)
                .service("d", "{weir.dev/sharing-key: other}", UDP);

        assertThat(scene.at("b")).isEqualTo(scene.at("a")).isEqualTo("192.0.2.16");
        assertThat(scene.at("c")).isEqualTo("192.0.2.17");
        assertThat(scene.at("d")).isEqualTo("192.0.2.18");
    }

    @Test
    void servicesForNodesWithEndpointsShareOnlyWithTheSameEndpoints() {
        String local =
                "{type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: %s},"
                        + " ports: [{port: %d, protocol: TCP}]}";
        scene.pool("lab", "192.0.2.16/30")
                .service("a", KEY, local.formatted("web", 80))
                .service("b", KEY, local.formatted("web", 81))
                .service("c", KEY, local.formatted("mail", 82));

        assertThat(scene.at("b")).isEqualTo(scene.at("a"));
        assertThat(scene.at("c")).isEqualTo("192.0.2.17");
    }

    @Test
    void whenTwoMayNotShareAnyMoreTheYoungerOneMoves() {
        scene.pool("lab", "192.0.2.16/30").service("old", KEY, TCP).service("young", KEY, UDP);

        scene.service("old", "{}", TCP);

        assertThat(scene.at("old")).isEqualTo("192.0.2.16");
        assertThat(scene.at("young")).isEqualTo("192.0.2.17");
    }

    @Test
    void anAddressThatIsSharedIsFreeWhenTheLastOneIsGone() {
        scene.pool("lab", "192.0.2.16/32")
                .service("a", KEY, TCP)
                .service("b", KEY, UDP)
                .balanced("waits");

        scene.removeService("a");
        assertThat(scene.at("waits")).isEmpty();

        scene.removeService("b");
        assertThat(scene.at("waits")).isEqualTo("192.0.2.16");
    }

    @ParameterizedTest
    @CsvSource({
        "RequireDualStack, False NoAddressPool",
        "PreferDualStack, True AddressAssigned",
    })
    void eachFamilyIsForItself(String policy, String says) {
        scene.pool("four", "192.0.2.16/30").service("web", "{}", DUAL.formatted(policy));
        assertThat(scene.at("web")).isEqualTo("192.0.2.16");
        assertThat(scene.says("web")).startsWith(says);

        scene.pool("six", "2001:db8::/64");

        assertThat(scene.at("web")).isEqualTo("192.0.2.16,2001:db8::");
        assertThat(scene.says("web"))
                .isEqualTo(
                        "True AddressAssigned: 192.0.2.16 of pool \"four\"; 2001:db8:: of pool"
                                + " \"six\"");
    }

    @Test
    void aServiceOfAnotherClassIsLeftAloneAndItsAddressIsNotGivenOut() {
        Service.Builder other =
                Scene.read(
                        "other",
                        "{}",
                        "{type: LoadBalancer, loadBalancerClass: a/b,"
                                + " ports: [{port: 80, protocol: TCP}]}")
                        .toBuilder();
        other.getStatusBuilder().getLoadBalancerBuilder().addIngressBuilder().setIp("192.0.2.16");

        scene.put(other.build()).pool("lab", "192.0.2.16/30").balanced("ours");

        assertThat(scene.find("other")).contains(other.build());
        assertThat(scene.at("ours")).isEqualTo("192.0.2.17");
    }

    @Test
    void ourClassIsOursToo() {
        scene.pool("lab", "192.0.2.16/30")
                .service(
                        "web",
                        "{}",
                        "{type: LoadBalancer, loadBalancerClass: weir.dev/l2,"
                                + " ports: [{port: 80, protocol: TCP}]}");

        assertThat(scene.at("web")).isEqualTo("192.0.2.16");
    }

    @Test
    void aStartChangesNothing() {
        scene.pool("lab", "192.0.2.16/31").balanced("a").balanced("b").balanced("c");

        assertThat(scene.anew()).isEmpty();
    }
}
