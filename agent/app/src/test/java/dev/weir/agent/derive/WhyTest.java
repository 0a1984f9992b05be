package dev.weir.agent.derive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.Programmed;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Cidr;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.node.v1.WhyEndpoint;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.node.v1.WhyResponse.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhyTest {
    private static final NodeSettings HERE =
            new NodeSettings(
                    "here",
                    List.of(IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                    List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00::/64")),
                    List.of(Cidr.of("10.96.0.0/16")),
                    List.of(Cidr.of("203.0.113.0/24")));

    private final Cluster cluster = new Cluster().put(Objects.namespace("x"));
    private final List<Frontend> shown = new ArrayList<>();
    private NodeImage image = NodeImage.EMPTY;

    @BeforeEach
    void aCluster() {
        cluster.put(Objects.node("here", 1))
                .put(Objects.node("there", 2))
                .put(Objects.pod("x", "client-0", 5, "here"))
                .put(Objects.pod("x", "web-0", 1, "here"))
                .put(Objects.pod("x", "web-1", 2, "there"))
                .put(unready(Objects.pod("x", "web-2", 3, "there")))
                .put(leaving(Objects.pod("x", "web-3", 4, "here")))
                .put(Objects.service("x", "web", 1))
                .put(Objects.service("x", "none", 2))
                .put(
                        Objects.port(
                                Objects.nodePort(
                                        Objects.localInternally(Objects.service("x", "db", 3)),
                                        30_003,
                                        "Cluster"),
                                81))
                .put(Objects.pod("x", "db-0", 6, "there"));
    }

    private static Pod unready(Pod pod) {
        Pod.Builder builder = pod.toBuilder();
        builder.getStatusBuilder()
                .setConditions(0, Condition.newBuilder().setType("Ready").setStatus("False"));
        return builder.build();
    }

    private static Pod leaving(Pod pod) {
        Pod.Builder builder = pod.toBuilder();
        builder.getMetadataBuilder().setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1));
        return builder.build();
    }

    private static Attachment attachment(String name, int number) {
        return new Attachment(
                Kinds.POD.key("x", name),
                List.of(
                        IpAddress.of("10.244.0." + number),
                        IpAddress.of("fd00::" + Integer.toHexString(number))),
                Map.of());
    }

    private WhyResponse why(String source, String destination, int port) {
        return why(source, destination, port, "TCP");
    }

    private WhyResponse why(String source, String destination, int port, String protocol) {
        image =
                new NodeDeriver(HERE)
                        .derive(
                                NodeImage.EMPTY,
                                cluster.shards(),
                                Map.of(),
                                List.of(attachment("client-0", 5), attachment("web-0", 1)))
                        .to();
        return Why.explain(
                WhyRequest.newBuilder()
                        .setSource(source)
                        .setDestination(destination)
                        .setPort(port)
                        .setProtocol(protocol)
                        .setNamespace("x")
                        .build(),
                HERE,
                image,
                frontend -> {
                    shown.add(frontend);
                    return List.of(new Programmed("svc4", frontend.toString(), "lb", ""));
                });
    }

    private static List<String> endpoints(WhyResponse why) {
        return why.getService().getEndpointsList().stream()
                .map(
                        endpoint ->
                                endpoint.getAddress()
                                        + (endpoint.getUsed() ? " + " : " - ")
                                        + endpoint.getReason())
                .toList();
    }

    /** Each is answered by what it says, whoever asks. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pod/client-0 | service/web | 80 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    client-0 | web | 0 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    client-0 | web.x | 80 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    client-0 | web.x.svc | 80 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    client-0 | web.x.svc.cluster.local | 80 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    10.244.0.5 | 10.96.0.1 | 80 | VERDICT_FORWARD | one of 2 endpoints, by chance
                    client-0 | web | 81 | VERDICT_REJECT | Services have this address at other ports only: 80/TCP
                    client-0 | none | 80 | VERDICT_REJECT | the Service has no IPv4 endpoint for this port
                    client-0 | 10.96.9.9 | 80 | VERDICT_DROP | no Service that this proxy serves has this address
                    client-0 | db | 80 | VERDICT_DROP | internalTrafficPolicy is Local, and the usable endpoints are on other nodes than here
                    external | 192.0.2.1 | 30003 | VERDICT_FORWARD | the only endpoint that serves here
                    external | 192.0.2.1 | 22 | VERDICT_DIRECT | an address of this node, and no Service has the port there
                    client-0 | 192.0.2.2 | 30003 | VERDICT_DIRECT | an address of node there, which decides itself about its node ports
                    client-0 | pod/web-1 | 8080 | VERDICT_DIRECT | a pod's own address; no Service is involved
                    client-0 | 198.51.100.9 | 443 | VERDICT_DIRECT | an address outside of what the cluster serves
                    """)
    void theVerdictHasAReason(
            String source, String destination, int port, Verdict verdict, String reason) {
        WhyResponse why = why(source, destination, port);

        assertThat(why.getReason()).isEqualTo(reason);
        assertThat(why.getVerdict()).isEqualTo(verdict);
        assertThat(why.getNode()).isEqualTo("here");
        assertThat(why.getElementsCount()).isEqualTo(1);
    }

    @Test
    void everyEndpointHasAReason() {
        WhyResponse why = why("pod/client-0", "service/web", 80);

        assertThat(endpoints(why))
                .containsExactlyInAnyOrder(
                        "10.244.0.1 + ready",
                        "10.244.0.2 + ready",
                        "10.244.0.3 - not ready",
                        "10.244.0.4 - terminating");
        assertThat(why.getService().getAddressKind()).isEqualTo("ClusterIP");
        assertThat(why.getService().getScope()).isEqualTo("Cluster (internalTrafficPolicy)");
        assertThat(why.getSource().getObject().getName()).isEqualTo("client-0");
        assertThat(why.getDestination().getAddress()).isEqualTo("10.96.0.1");
        WhyEndpoint first = why.getService().getEndpoints(0);
        assertThat(first.getPod().getName()).isEqualTo("web-0");
        assertThat(first.getNode()).isEqualTo("here");
        assertThat(first.getPort()).isEqualTo(8080);
        assertThat(shown).extracting(Frontend::toString).containsExactly("10.96.0.1:80/TCP");
    }

    @Test
    void endpointsThatLeaveServeWhereNobodyIsReady() {
        cluster.remove(Objects.pod("x", "web-0", 1, "here"))
                .remove(Objects.pod("x", "web-1", 2, "there"));

        assertThat(endpoints(why("pod/client-0", "service/web", 80)))
                .containsExactlyInAnyOrder(
                        "10.244.0.3 - not ready",
                        "10.244.0.4 + terminating, serves because no endpoint is ready");
    }

    @Test
    void aPolicyLeavesOutOtherNodesAndATopologyOtherZones() {
        cluster.put(Objects.zoned(Objects.node("here", 1), "east"))
                .put(Objects.zoned(Objects.node("there", 2), "west"))
                .put(Objects.near(Objects.service("x", "web", 1), "PreferSameZone"));

        assertThat(endpoints(why("pod/client-0", "service/web", 80)))
                .contains("10.244.0.1 + ready", "10.244.0.2 - meant for zone west");
        assertThat(endpoints(why("pod/client-0", "service/db", 80)))
                .containsExactly("10.244.0.6 - on another node, internalTrafficPolicy is Local");
    }

    @Test
    void whatIsInSlicesAndCannotServeIsNamedToo() {
        EndpointSlice.Builder slice =
                EndpointSlice.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setNamespace("x")
                                        .setName("by-hand")
                                        .putLabels("kubernetes.io/service-name", "web"))
                        .addPorts(EndpointPort.newBuilder().setProtocol("TCP").setPort(8080))
                        .addEndpoints(Endpoint.newBuilder().addAddresses("fd00::9"))
                        .addEndpoints(Endpoint.newBuilder().addAddresses("10.244.0.1"));
        EndpointSlice.Builder other =
                slice.clone()
                        .clearEndpoints()
                        .addEndpoints(Endpoint.newBuilder().addAddresses("10.244.0.9"));
        other.getMetadataBuilder().setName("other");
        other.getPortsBuilder(0).setName("admin");
        cluster.put(slice.build()).put(other.build());

        assertThat(endpoints(why("pod/client-0", "service/web", 80)))
                .contains(
                        "fd00::9 - another address family",
                        "10.244.0.1 - the same address and port as another one",
                        "10.244.0.9 - its slice has no port \"\"");
    }

    @Test
    void outsideClientsAndOwnOnesMayDifferUnderTheLocalPolicy() {
        cluster.put(
                Objects.loadBalancer(
                        Objects.service("x", "db", 3), "198.51.100.1", "Local", 31_000));

        WhyResponse outside = why("external", "198.51.100.1", 80);
        WhyResponse inside = why("pod/client-0", "198.51.100.1", 80);
        WhyResponse elsewhere = why("pod/web-1", "198.51.100.1", 80);

        assertThat(outside.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
        assertThat(outside.getService().getAddressKind()).isEqualTo("LoadBalancer");
        assertThat(outside.getService().getScope()).isEqualTo("Local (externalTrafficPolicy)");
        assertThat(inside.getVerdict()).isEqualTo(Verdict.VERDICT_FORWARD);
        assertThat(inside.getService().getScope()).contains("not for the node and its pods");
        assertThat(elsewhere.getVerdict())
                .as("a pod of another node")
                .isEqualTo(Verdict.VERDICT_DROP);
    }

    @Test
    void sourceRangesAndExternalIpsAreNamed() {
        Service.Builder limited =
                Objects.loadBalancer(
                        Objects.externalIp(Objects.service("x", "web", 1), "203.0.113.1"),
                        "198.51.100.1",
                        "Cluster",
                        0)
                        .toBuilder();
        limited.getSpecBuilder()
                .addLoadBalancerSourceRanges("192.0.2.0/24")
                .addExternalIps("198.51.100.200");
        cluster.put(limited.build());

        assertThat(why("198.51.100.77", "198.51.100.1", 80).getReason())
                .isEqualTo("loadBalancerSourceRanges do not cover 198.51.100.77");
        assertThat(why("192.0.2.77", "198.51.100.1", 80).getVerdict())
                .isEqualTo(Verdict.VERDICT_FORWARD);
        assertThat(why("external", "198.51.100.1", 80).getReason())
                .endsWith("if loadBalancerSourceRanges cover the client");
        assertThat(why("198.51.100.77", "203.0.113.1", 80).getService().getAddressKind())
                .isEqualTo("ExternalIP");
        assertThat(why("external", "198.51.100.1", 81).getVerdict())
                .isEqualTo(Verdict.VERDICT_REJECT);
        assertThat(why("external", "203.0.113.1", 81).getVerdict())
                .as("it may have ports of its own")
                .isEqualTo(Verdict.VERDICT_DIRECT);
        assertThat(why("external", "198.51.100.200", 80).getReason())
                .contains("x/web", "--external-ip-ranges");
    }

    /** As the chain nat-postrouting of the nft plane. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pod/client-0 | web | 80 | false | the client is a pod
                    pod/web-0 | web | 80 | false | the client is a pod; only where it reaches itself
                    node/here | web | 80 | true | the client of a cluster IP is no pod
                    198.51.100.7 | 192.0.2.1 | 30003 | true | externalTrafficPolicy is Cluster, so answers have to come back here
                    pod/client-0 | 192.0.2.1 | 30003 | true | externalTrafficPolicy is Cluster, so answers have to come back here
                    pod/client-0 | 198.51.100.9 | 443 | true | a pod's address is not known outside of the cluster
                    pod/client-0 | node/there | 443 | false | pods and nodes see each other's addresses
                    external | 192.0.2.1 | 22 | false |
                    """)
    void whoeverIsMasqueradedIsToldWhy(
            String source, String destination, int port, boolean masquerade, String reason) {
        WhyResponse why = why(source, destination, port);

        assertThat(why.getMasqueradeReason()).isEqualTo(reason == null ? "" : reason);
        assertThat(why.getMasquerade()).isEqualTo(masquerade);
    }

    @Test
    void endpointsHereSeeTheNodesOwnAddress() {
        assertThat(why("node/here", "web", 80).getMasqueradeAddress()).isEqualTo("192.0.2.1");
        assertThat(why("pod/client-0", "web", 80).getMasqueradeAddress()).isEmpty();
        assertThat(why("pod/client-0", "198.51.100.9", 443).getMasqueradeAddress())
                .as("it leaves by another link")
                .isEmpty();
    }

    @Test
    void ownClientsOfALocalServiceAreMasqueradedOnTheWayToOtherNodesOnly() {
        cluster.put(
                Objects.loadBalancer(
                        Objects.service("x", "web", 1), "198.51.100.1", "Local", 31_000));

        assertThat(why("external", "198.51.100.1", 80).getMasquerade()).isFalse();
        assertThat(why("node/here", "198.51.100.1", 80).getMasquerade()).isTrue();
        assertThat(why("pod/client-0", "198.51.100.1", 80).getMasquerade()).isFalse();
    }

    @Test
    void aPolicyThatDropsIsNamed() {
        cluster.put(Objects.egress("x", "tight", Objects.labels("app", "db"), 8080));

        WhyResponse web = why("pod/client-0", "service/web", 80);
        WhyResponse db = why("pod/client-0", "192.0.2.1", 30_003);
        WhyResponse outside = why("pod/client-0", "198.51.100.9", 443);

        assertThat(web.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
        assertThat(web.getReason()).contains("egress of Pod x/client-0", "NetworkPolicy tight");
        assertThat(endpoints(web)).filteredOn(it -> it.contains(" + ")).hasSize(2);
        assertThat(endpoints(web).getFirst()).contains("ready, but no rule allows it");
        assertThat(db.getVerdict()).isEqualTo(Verdict.VERDICT_FORWARD);
        assertThat(outside.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
    }

    @Test
    void whatAnotherNodesPodLetsInIsToldByTheSameState() {
        cluster.put(Objects.closed("x", "shut"));

        WhyResponse pod = why("pod/client-0", "pod/db-0", 80);
        WhyResponse port = why("198.51.100.7", "192.0.2.1", 30_003);

        assertThat(pod.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
        assertThat(pod.getReason())
                .contains("ingress of Pod x/db-0", "NetworkPolicy shut, as node there judges");
        assertThat(port.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
        assertThat(why("node/here", "pod/db-0", 80).getVerdict())
                .as("it is not that one's own node")
                .isEqualTo(Verdict.VERDICT_DROP);

        cluster.put(Objects.ingress("x", "nodes", "192.0.2.1/32"));

        assertThat(why("198.51.100.7", "192.0.2.1", 30_003).getVerdict())
                .as("it is this node that the pod sees")
                .isEqualTo(Verdict.VERDICT_FORWARD);
        assertThat(why("external", "192.0.2.1", 30_003).getVerdict())
                .isEqualTo(Verdict.VERDICT_FORWARD);
        assertThat(why("node/here", "pod/db-0", 80).getVerdict()).isEqualTo(Verdict.VERDICT_DIRECT);
        assertThat(why("pod/client-0", "pod/db-0", 80).getVerdict())
                .isEqualTo(Verdict.VERDICT_DROP);
    }

    @Test
    void theNodeItselfReachesItsPodsWhateverPoliciesSay() {
        cluster.put(Objects.closed("x", "shut"));

        WhyResponse pod = why("pod/web-1", "pod/web-0", 8080);
        WhyResponse node = why("node/here", "pod/web-0", 8080);
        WhyResponse itself = why("pod/web-0", "pod/web-0", 8080);

        assertThat(pod.getVerdict()).isEqualTo(Verdict.VERDICT_DROP);
        assertThat(pod.getReason()).contains("ingress of Pod x/web-0", "NetworkPolicy shut");
        assertThat(node.getVerdict()).isEqualTo(Verdict.VERDICT_DIRECT);
        assertThat(itself.getVerdict()).isEqualTo(Verdict.VERDICT_DIRECT);
    }

    @Test
    void aServiceWithoutAddressIsNotTranslated() {
        Service.Builder headless = Objects.service("x", "web", 1).toBuilder();
        headless.getSpecBuilder().setClusterIp("None").clearClusterIps().addClusterIps("None");
        Service.Builder alias = Objects.service("x", "none", 2).toBuilder();
        alias.getSpecBuilder()
                .setType("ExternalName")
                .setExternalName("example.com")
                .clearClusterIp()
                .clearClusterIps();
        cluster.put(headless.build()).put(alias.build());

        WhyResponse direct = why("pod/client-0", "web", 80);
        WhyResponse renamed = why("pod/client-0", "none", 0);

        assertThat(direct.getVerdict()).isEqualTo(Verdict.VERDICT_DIRECT);
        assertThat(direct.getReason()).startsWith("headless");
        assertThat(endpoints(direct)).contains("10.244.0.1 + ready");
        assertThat(renamed.getReason()).endsWith("example.com");
        assertThat(shown).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pod/nobody | web | 80 | NOT_FOUND | pods "nobody" not found
                    nobody | web | 80 | NOT_FOUND | pods "nobody" not found
                    node/nowhere | web | 80 | NOT_FOUND | nodes "nowhere" not found
                    client-0 | nothing | 80 | NOT_FOUND | services "nothing" not found
                    client-0 | nothing.x.svc | 80 | NOT_FOUND | services "nothing" not found
                    client-0 | web | 65536 | BAD_REQUEST | port 65536 is not between 1 and 65535
                    client-0 | db | 0 | BAD_REQUEST | db has several ports, say one: 80/TCP, 81/TCP
                    192.0.2.9 | 2001:db8:9::9 | 80 | BAD_REQUEST | 192.0.2.9 has no IPv6 address
                    service/web | web | 80 | BAD_REQUEST | "service/web" is no client; there are pod/NAME, node/NAME, an address, and external
                    client-0 | '' | 80 | BAD_REQUEST | both ends of the connection have to be said
                    """)
    void aQuestionThatNobodyCanAnswerIsRefused(
            String source, String destination, int port, String reason, String message) {
        assertThatThrownBy(() -> why(source, destination, port))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        e -> {
                            assertThat(e.failure().message()).isEqualTo(message);
                            assertThat(e.failure().reason()).isEqualTo(Reason.valueOf(reason));
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ICMP", "tcp"})
    void onlyProtocolsOfServicesAreKnown(String protocol) {
        assertThatThrownBy(() -> why("client-0", "web", 80, protocol))
                .isInstanceOf(FailureException.class)
                .hasMessageContaining("there are TCP, UDP and SCTP");
    }
}
