package dev.weir.agent.derive;

import static dev.weir.agent.derive.FrontendsTest.addresses;
import static dev.weir.agent.derive.FrontendsTest.derive;
import static dev.weir.agent.derive.FrontendsTest.endpoint;
import static dev.weir.agent.derive.FrontendsTest.service;
import static dev.weir.agent.derive.FrontendsTest.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExternalFrontendsTest {
    private static final Frontend BALANCED = at("198.51.100.7");
    private static final Frontend BALANCED6 = at("2001:db8:2::7");
    private static final Frontend EXTERNAL = at("203.0.113.7");
    private static final Frontend EXTERNAL6 = at("2001:db8:1::7");

    private static Frontend at(String address) {
        return new Frontend(IpAddress.of(address), Protocol.TCP, 80);
    }

    private static Service.Builder loadBalancer(String policy, String... sourceRanges) {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder()
                .setType("LoadBalancer")
                .setExternalTrafficPolicy(policy)
                .addAllLoadBalancerSourceRanges(List.of(sourceRanges));
        service.getStatusBuilder()
                .getLoadBalancerBuilder()
                .addIngress(ingress("198.51.100.7").setIpMode("VIP"))
                .addIngress(ingress("2001:db8:2::7"))
                .addIngress(ingress("198.51.100.8").setIpMode("Proxy"))
                .addIngress(LoadBalancerIngress.newBuilder().setHostname("lb.example.com"));
        return service;
    }

    private static LoadBalancerIngress.Builder ingress(String ip) {
        return LoadBalancerIngress.newBuilder().setIp(ip);
    }

    private static Service.Builder external(String type, String policy) {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder()
                .setType(type)
                .setExternalTrafficPolicy(policy)
                .addExternalIps("203.0.113.7")
                .addExternalIps("2001:db8:1::7")
                .addExternalIps("192.0.2.200");
        return service;
    }

    private static Map<Frontend, Backends> outside(Service.Builder service) {
        Map<Frontend, Backends> frontends =
                derive(
                        service,
                        slice(endpoint("10.244.0.1", "here"), endpoint("10.244.1.1", "there")),
                        slice(endpoint("fd00::1", "there")).setAddressType("IPv6"));
        frontends.keySet().removeAll(derive(service("shop", "web")).keySet());
        return frontends;
    }

    @Test
    void addressesOfTheLoadBalancerAreServedButNotThoseOfAProxyOrAName() {
        Map<Frontend, Backends> frontends = outside(loadBalancer("Cluster"));

        assertThat(frontends).containsOnlyKeys(BALANCED, BALANCED6);
        assertThat(addresses(frontends.get(BALANCED))).containsExactly("10.244.0.1", "10.244.1.1");
        assertThat(addresses(frontends.get(BALANCED6))).containsExactly("fd00::1");
        assertThat(frontends.values())
                .extracting(Backends::handling)
                .containsOnly(Handling.PLAIN.masquerading(true));
    }

    @Test
    void onlyATypeThatHasThemIsServedAtThem() {
        Service.Builder former = loadBalancer("Cluster");
        former.getSpecBuilder().setType("NodePort");
        Service.Builder named = external("ExternalName", "Cluster");
        Service.Builder headless = external("ClusterIP", "Cluster");
        headless.getSpecBuilder().clearClusterIps().setClusterIp("None").addClusterIps("None");
        Service.Builder single = external("ClusterIP", "Cluster");
        single.getSpecBuilder().clearClusterIps().addClusterIps("10.96.0.9");

        assertThat(outside(former)).isEmpty();
        assertThat(outside(named)).isEmpty();
        assertThat(outside(headless)).isEmpty();
        assertThat(outside(single)).as("of its family").containsOnlyKeys(EXTERNAL);
    }

    @Test
    void underTheLocalPolicyOutsidersReachEndpointsHereAndOwnClientsReachAll() {
        for (Frontend frontend : List.of(BALANCED, EXTERNAL)) {
            Map<Frontend, Backends> frontends =
                    outside(
                            frontend.equals(BALANCED)
                                    ? loadBalancer("Local")
                                    : external("ClusterIP", "Local"));

            assertThat(addresses(frontends.get(frontend))).containsExactly("10.244.0.1");
            assertThat(addresses(frontends.get(frontend.of(Clients.OWN)))).hasSize(2);
            assertThat(frontends.values()).noneMatch(it -> it.handling().masquerade());
        }
        Map<Frontend, Backends> balanced = outside(loadBalancer("Local"));
        assertThat(balanced.get(BALANCED6).handling())
                .as("another node has one")
                .isEqualTo(Handling.SILENT);
        assertThat(balanced.get(BALANCED6.of(Clients.OWN)).handling()).isEqualTo(Handling.PLAIN);
    }

    @Test
    void externalIpsAreServedInTheNodesRangesOnlyAndByAnyTypeWithClusterIps() {
        for (String type : List.of("ClusterIP", "NodePort", "LoadBalancer")) {
            assertThat(outside(external(type, "Cluster")))
                    .containsOnlyKeys(EXTERNAL, EXTERNAL6)
                    .allSatisfy(
                            (frontend, backends) ->
                                    assertThat(backends.handling())
                                            .isEqualTo(Handling.PLAIN.masquerading(true)));
        }
    }

    @Test
    void sourceRangesHoldForAddressesOfTheLoadBalancerOfTheirFamily() {
        Service.Builder service = loadBalancer("Local", "192.0.2.0/24", " 10.0.0.0/8");
        service.getSpecBuilder()
                .addExternalIps("203.0.113.7")
                .getPortsBuilder(0)
                .setNodePort(31_000);
        List<Cidr> admitted =
                List.of(Cidr.of("10.0.0.0/8"), Cidr.of("192.0.2.0/24"), Cidr.of("198.51.100.7/32"));

        Map<Frontend, Backends> frontends = outside(service);

        assertThat(frontends.get(BALANCED).handling().sources()).isEqualTo(admitted);
        assertThat(frontends.get(BALANCED.of(Clients.OWN)).handling().sources())
                .as("own clients, too")
                .isEqualTo(admitted);
        assertThat(frontends.get(BALANCED6).handling().sources()).as("no range").isEmpty();
        assertThat(frontends.get(EXTERNAL).handling().sources()).isEmpty();
        assertThat(
                        frontends
                                .get(new Frontend(IpAddress.of("192.0.2.1"), Protocol.TCP, 31_000))
                                .handling()
                                .sources())
                .isEmpty();
    }
}
