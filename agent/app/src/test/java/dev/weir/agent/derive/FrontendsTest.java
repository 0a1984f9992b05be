package dev.weir.agent.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointHints;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.ForNode;
import dev.weir.net.v1.ForZone;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrontendsTest {
    static final NodeSettings HERE =
            new NodeSettings(
                    "here",
                    List.of(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                    List.of(),
                    List.of(),
                    List.of(Cidr.of("203.0.113.0/24"), Cidr.of("2001:db8:1::/64")));
    private static final Frontend PORT =
            new Frontend(IpAddress.of("192.0.2.1"), Protocol.TCP, 30_007);
    private static final Frontend PORT6 =
            new Frontend(IpAddress.of("2001:db8::1"), Protocol.TCP, 30_007);
    static final Frontend WEB = new Frontend(IpAddress.of("10.96.0.9"), Protocol.TCP, 80);
    private static final Frontend WEB6 = new Frontend(IpAddress.of("fd01::9"), Protocol.TCP, 80);

    static Service.Builder service(String namespace, String name) {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace(namespace).setName(name))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .setClusterIp("10.96.0.9")
                                .addClusterIps("10.96.0.9")
                                .addClusterIps("fd01::9")
                                .addPorts(
                                        ServicePort.newBuilder()
                                                .setName("http")
                                                .setProtocol("TCP")
                                                .setPort(80)));
    }

    static EndpointSlice.Builder slice(Endpoint... endpoints) {
        return EndpointSlice.newBuilder()
                .setAddressType("IPv4")
                .addPorts(port("http", "TCP", 8080))
                .addAllEndpoints(List.of(endpoints));
    }

    private static EndpointPort port(String name, String protocol, int number) {
        return EndpointPort.newBuilder()
                .setName(name)
                .setProtocol(protocol)
                .setPort(number)
                .build();
    }

    static Endpoint endpoint(String address, String node) {
        return Endpoint.newBuilder().addAddresses(address).setNodeName(node).build();
    }

    private static Endpoint endpoint(
            String address, boolean ready, boolean serving, boolean terminating) {
        return endpoint(address, "other").toBuilder()
                .setConditions(
                        EndpointConditions.newBuilder()
                                .setReady(ready)
                                .setServing(serving)
                                .setTerminating(terminating))
                .build();
    }

    static Map<Frontend, Backends> derive(
            Service.Builder service, EndpointSlice.Builder... slices) {
        return Frontends.derive(
                service.build(),
                Arrays.stream(slices).map(EndpointSlice.Builder::build).toList(),
                new Here(HERE, "east"));
    }

    static List<String> addresses(Backends backends) {
        return backends.endpoints().stream().map(backend -> backend.address().toString()).toList();
    }

    @Test
    void everyClusterIpAndPortIsAFrontendOfItsOwnFamily() {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder()
                .addPorts(ServicePort.newBuilder().setName("dns").setProtocol("UDP").setPort(53));

        Map<Frontend, Backends> frontends =
                derive(
                        service,
                        slice(endpoint("10.244.0.1", "here"), endpoint("10.244.0.2", "there")),
                        slice(endpoint("fd00::1", "there")).setAddressType("IPv6"));

        assertThat(frontends)
                .containsOnlyKeys(
                        WEB,
                        WEB6,
                        new Frontend(IpAddress.of("10.96.0.9"), Protocol.UDP, 53),
                        new Frontend(IpAddress.of("fd01::9"), Protocol.UDP, 53));
        assertThat(frontends.get(WEB))
                .isEqualTo(
                        new Backends(
                                Kinds.SERVICE.key("shop", "web"),
                                List.of(
                                        new Backend(IpAddress.of("10.244.0.1"), 8080, true),
                                        new Backend(IpAddress.of("10.244.0.2"), 8080, false))));
        assertThat(addresses(frontends.get(WEB6))).containsExactly("fd00::1");
        assertThat(
                        frontends
                                .get(new Frontend(IpAddress.of("10.96.0.9"), Protocol.UDP, 53))
                                .endpoints())
                .as("a frontend without endpoints refuses")
                .isEmpty();
    }

    @Test
    void readyOnesElseThoseThatTerminateAndServeElseNone() {
        Endpoint ready = endpoint("10.244.0.1", true, true, false);
        Endpoint unset = endpoint("10.244.0.2", "other");
        Endpoint notReady = endpoint("10.244.0.3", false, false, false);
        Endpoint draining = endpoint("10.244.0.4", false, true, true);
        Endpoint dead = endpoint("10.244.0.5", false, false, true);
        Service.Builder service = service("shop", "web");

        assertThat(addresses(derive(service, slice(ready, unset, notReady, draining)).get(WEB)))
                .containsExactly("10.244.0.1", "10.244.0.2");
        assertThat(addresses(derive(service, slice(notReady, draining, dead)).get(WEB)))
                .containsExactly("10.244.0.4");
        assertThat(addresses(derive(service, slice(notReady, dead)).get(WEB))).isEmpty();
    }

    @Test
    void aServiceThatPublishesWhatIsNotReadyIsTakenAtItsWord() {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder().setPublishNotReadyAddresses(true);

        Map<Frontend, Backends> frontends =
                derive(service, slice(endpoint("10.244.0.1", true, false, true)));

        assertThat(addresses(frontends.get(WEB))).containsExactly("10.244.0.1");
    }

    @Test
    void oneAddressInTwoSlicesIsOneBackend() {
        Map<Frontend, Backends> frontends =
                derive(
                        service("shop", "web"),
                        slice(endpoint("10.244.0.1", "here")),
                        slice(endpoint("10.244.0.1", "")));

        assertThat(frontends.get(WEB).endpoints())
                .containsExactly(new Backend(IpAddress.of("10.244.0.1"), 8080, true));
    }

    @Test
    void portsMatchByNameAndProtocol() {
        Map<Frontend, Backends> frontends =
                derive(
                        service("shop", "web"),
                        slice(endpoint("10.244.0.1", ""))
                                .clearPorts()
                                .addPorts(port("http", "UDP", 1)),
                        slice(endpoint("10.244.0.2", ""))
                                .clearPorts()
                                .addPorts(port("https", "TCP", 1)),
                        slice(endpoint("10.244.0.3", ""))
                                .clearPorts()
                                .addPorts(
                                        EndpointPort.newBuilder()
                                                .setName("http")
                                                .setProtocol("TCP")));

        assertThat(frontends.get(WEB).endpoints()).isEmpty();
    }

    @Test
    void slicesOfNamesAndForOtherProxiesAreNotLookedAt() {
        EndpointSlice.Builder names = slice(endpoint("10.0.0.1", "")).setAddressType("FQDN");
        EndpointSlice.Builder foreign = slice(endpoint("10.0.0.2", ""));
        foreign.getMetadataBuilder().putLabels("service.kubernetes.io/service-proxy-name", "x");
        EndpointSlice.Builder byHand = slice(endpoint("192.0.2.1", ""));

        Map<Frontend, Backends> frontends = derive(service("shop", "web"), names, foreign, byHand);

        assertThat(addresses(frontends.get(WEB))).containsExactly("192.0.2.1");
    }

    @Test
    void headlessExternalAndForeignServicesHaveNone() {
        Service.Builder headless = service("shop", "web");
        headless.getSpecBuilder().setClusterIp("None").clearClusterIps().addClusterIps("None");
        Service.Builder external = service("shop", "web");
        external.getSpecBuilder().setType("ExternalName").clearClusterIp().clearClusterIps();
        Service.Builder foreign = service("shop", "web");
        foreign.getMetadataBuilder().putLabels("service.kubernetes.io/service-proxy-name", "x");

        assertThat(derive(headless, slice(endpoint("10.244.0.1", "")))).isEmpty();
        assertThat(derive(external, slice(endpoint("10.244.0.1", "")))).isEmpty();
        assertThat(derive(foreign, slice(endpoint("10.244.0.1", "")))).isEmpty();
    }

    @Test
    void withTheLocalPolicyOnlyTheNodesOwnEndpointsCount() {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder().setInternalTrafficPolicy("Local");
        Endpoint other = endpoint("10.244.1.1", true, true, false);
        Endpoint draining =
                endpoint("10.244.0.2", false, true, true).toBuilder().setNodeName("here").build();

        Backends both = derive(service, slice(endpoint("10.244.0.1", "here"), other)).get(WEB);
        Backends ownDraining = derive(service, slice(draining, other)).get(WEB);
        Backends noneHere = derive(service, slice(other)).get(WEB);
        Backends none = derive(service, slice()).get(WEB);

        assertThat(addresses(both)).containsExactly("10.244.0.1");
        assertThat(addresses(ownDraining)).as("judged by itself").containsExactly("10.244.0.2");
        assertThat(noneHere.endpoints()).isEmpty();
        assertThat(noneHere.handling()).as("another node has one").isEqualTo(Handling.SILENT);
        assertThat(none.endpoints()).isEmpty();
        assertThat(none.handling()).isEqualTo(Handling.PLAIN);
    }

    @Test
    void aServiceKeepsItsClientsForAsLongAsItSays() {
        Service.Builder unset = service("shop", "web");
        unset.getSpecBuilder().setSessionAffinity("ClientIP");
        Service.Builder minute = service("shop", "web");
        minute.getSpecBuilder()
                .setSessionAffinity("ClientIP")
                .setInternalTrafficPolicy("Local")
                .getSessionAffinityConfigBuilder()
                .getClientIpBuilder()
                .setTimeoutSeconds(60);
        Service.Builder none = service("shop", "web");
        none.getSpecBuilder().setSessionAffinity("None");

        assertThat(derive(unset).values())
                .allMatch(backends -> backends.handling().affinitySeconds() == 10_800);
        assertThat(derive(minute).values())
                .allMatch(backends -> backends.handling().affinitySeconds() == 60);
        assertThat(derive(none).values())
                .allMatch(backends -> backends.handling().equals(Handling.PLAIN));
    }

    @Test
    void anEndpointIsChosenAsTheServiceSays() {
        Service.Builder hashed = service("shop", "web");
        hashed.getMetadataBuilder().putAnnotations("weir.dev/load-balancing", "source-hash");
        Service.Builder inTurn = service("shop", "web");
        inTurn.getMetadataBuilder().putAnnotations("weir.dev/load-balancing", "round-robin");
        Service.Builder random = service("shop", "web");
        random.getMetadataBuilder().putAnnotations("weir.dev/load-balancing", "random");

        assertThat(derive(hashed).values())
                .extracting(backends -> backends.handling().choice())
                .containsOnly(Handling.Choice.SOURCE_HASH);
        assertThat(derive(inTurn).values())
                .extracting(backends -> backends.handling().choice())
                .containsOnly(Handling.Choice.ROUND_ROBIN);
        assertThat(derive(random).values())
                .extracting(backends -> backends.handling().choice())
                .containsOnly(Handling.Choice.RANDOM);
    }

    private static Service.Builder nodePort(String policy) {
        Service.Builder service = service("shop", "web");
        service.getSpecBuilder()
                .setType("NodePort")
                .setExternalTrafficPolicy(policy)
                .getPortsBuilder(0)
                .setNodePort(30_007);
        return service;
    }

    @Test
    void aNodePortUnderTheClusterPolicyLeadsToAllWhoSeeTheNode() {
        Map<Frontend, Backends> frontends =
                derive(
                        nodePort("Cluster"),
                        slice(endpoint("10.244.0.1", "here"), endpoint("10.244.1.1", "there")),
                        slice(endpoint("fd00::1", "there")).setAddressType("IPv6"));

        assertThat(frontends).containsOnlyKeys(WEB, WEB6, PORT, PORT6);
        assertThat(frontends.get(PORT).endpoints()).isEqualTo(frontends.get(WEB).endpoints());
        assertThat(frontends.get(PORT).handling()).isEqualTo(Handling.PLAIN.masquerading(true));
        assertThat(frontends.get(WEB).handling()).isEqualTo(Handling.PLAIN);
        assertThat(addresses(frontends.get(PORT6))).containsExactly("fd00::1");
    }

    @Test
    void aNodePortUnderTheLocalPolicyKeepsOthersToTheNodesOwnEndpoints() {
        Endpoint there = endpoint("10.244.1.1", "there");

        Map<Frontend, Backends> both =
                derive(nodePort("Local"), slice(endpoint("10.244.0.1", "here"), there));
        Map<Frontend, Backends> elsewhere = derive(nodePort("Local"), slice(there));

        assertThat(both)
                .containsOnlyKeys(
                        WEB, WEB6, PORT, PORT6, PORT.of(Clients.OWN), PORT6.of(Clients.OWN));
        assertThat(addresses(both.get(PORT))).containsExactly("10.244.0.1");
        assertThat(addresses(both.get(PORT.of(Clients.OWN))))
                .containsExactly("10.244.0.1", "10.244.1.1");
        assertThat(addresses(both.get(WEB))).as("another policy").hasSize(2);
        assertThat(both.values()).noneMatch(backends -> backends.handling().masquerade());
        assertThat(elsewhere.get(PORT).handling()).isEqualTo(Handling.SILENT);
        assertThat(addresses(elsewhere.get(PORT.of(Clients.OWN)))).containsExactly("10.244.1.1");
        assertThat(elsewhere.get(PORT6).handling()).as("nobody at all").isEqualTo(Handling.PLAIN);
    }

    private static Endpoint meant(String address, List<String> nodes, List<String> zones) {
        EndpointHints.Builder hints = EndpointHints.newBuilder();
        nodes.forEach(node -> hints.addForNodes(ForNode.newBuilder().setName(node)));
        zones.forEach(zone -> hints.addForZones(ForZone.newBuilder().setName(zone)));
        return endpoint(address, "there").toBuilder().setHints(hints).build();
    }

    @Test
    void trafficStaysOnTheNodeElseInTheZoneIfAllEndpointsSayForWhomTheyAre() {
        Service.Builder service = service("shop", "web");
        Endpoint here = meant("10.244.0.1", List.of("here"), List.of("east"));
        Endpoint east = meant("10.244.1.1", List.of("there"), List.of("east"));
        Endpoint west = meant("10.244.2.1", List.of("far"), List.of("west"));
        Endpoint anyone = endpoint("10.244.3.1", "far");
        Endpoint draining =
                west.toBuilder()
                        .setConditions(
                                EndpointConditions.newBuilder()
                                        .setReady(false)
                                        .setServing(true)
                                        .setTerminating(true))
                        .build();

        assertThat(addresses(derive(service, slice(here, east, west)).get(WEB)))
                .containsExactly("10.244.0.1");
        assertThat(addresses(derive(service, slice(east, west)).get(WEB)))
                .containsExactly("10.244.1.1");
        assertThat(addresses(derive(service, slice(west)).get(WEB)))
                .as("better than nobody")
                .containsExactly("10.244.2.1");
        assertThat(addresses(derive(service, slice(here, east, anyone)).get(WEB)))
                .as("not all say")
                .hasSize(3);
        assertThat(addresses(derive(service, slice(draining, draining)).get(WEB)))
                .containsExactly("10.244.2.1");
        service.getSpecBuilder().setInternalTrafficPolicy("Local");
        Endpoint local =
                meant("10.244.0.1", List.of("far"), List.of("west")).toBuilder()
                        .setNodeName("here")
                        .build();
        assertThat(addresses(derive(service, slice(local, west)).get(WEB)))
                .as("another policy")
                .containsExactly("10.244.0.1");
    }

    @Test
    void theOwnNameServerStandsBackWhereThereIsAnother() {
        Endpoint own = endpoint("10.244.0.1", "here");
        Endpoint other = endpoint("10.244.1.1", "there");

        assertThat(
                        addresses(
                                derive(service("kube-system", "kube-dns"), slice(own, other))
                                        .get(WEB)))
                .containsExactly("10.244.1.1");
        assertThat(addresses(derive(service("kube-system", "kube-dns"), slice(own)).get(WEB)))
                .containsExactly("10.244.0.1");
        assertThat(addresses(derive(service("shop", "kube-dns"), slice(own, other)).get(WEB)))
                .hasSize(2);
    }
}
