package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.client.FakeServer;
import dev.weir.core.v1.Frontier;
import dev.weir.core.v1.ObjectKey;
import dev.weir.model.Failure;
import dev.weir.node.v1.KernelElement;
import dev.weir.node.v1.WhyEndpoint;
import dev.weir.node.v1.WhyParty;
import dev.weir.node.v1.WhyRequest;
import dev.weir.node.v1.WhyResponse;
import dev.weir.node.v1.WhyResponse.Verdict;
import dev.weir.node.v1.WhyService;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole command, as typed, against a server on a real socket. */
@Timeout(30)
class WhyCommandTest {
    @TempDir Path directory;
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(directory.resolve("s"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandLineEnd why(String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "why";
        System.arraycopy(args, 0, all, 1, args.length);
        return CommandLineEnd.of(server, Clock.systemUTC(), all);
    }

    private static ObjectKey key(String kind, String namespace, String name) {
        return ObjectKey.newBuilder().setKind(kind).setNamespace(namespace).setName(name).build();
    }

    private static WhyEndpoint endpoint(String address, String node, boolean used, String reason) {
        return WhyEndpoint.newBuilder()
                .setAddress(address)
                .setPort(8080)
                .setNode(node)
                .setPod(key("Pod", "default", "app-" + node))
                .setUsed(used)
                .setReason(reason)
                .build();
    }

    private static WhyResponse.Builder forwarded() {
        return WhyResponse.newBuilder()
                .setNode("node-1")
                .setSource(
                        WhyParty.newBuilder()
                                .setAsked("client")
                                .setAddress("10.244.0.3")
                                .setObject(key("Pod", "default", "client"))
                                .setNode("node-1"))
                .setDestination(
                        WhyParty.newBuilder()
                                .setAsked("my-app-service")
                                .setAddress("10.96.7.1")
                                .setObject(key("Service", "default", "my-app-service")))
                .setPort(80)
                .setProtocol("TCP")
                .setVerdict(Verdict.VERDICT_FORWARD)
                .setReason("endpoints are ready")
                .setService(
                        WhyService.newBuilder()
                                .setKey(key("Service", "default", "my-app-service"))
                                .setPortName("http")
                                .setAddressKind("ClusterIP")
                                .setScope("Cluster, by internalTrafficPolicy")
                                .addEndpoints(endpoint("10.244.0.4", "node-1", true, "ready"))
                                .addEndpoints(endpoint("10.244.1.2", "node-2", true, "ready"))
                                .addEndpoints(endpoint("10.244.1.9", "node-2", false, "not ready")))
                .setMasqueradeReason("pods are answered directly")
                .addElements(
                        KernelElement.newBuilder()
                                .setMap("services")
                                .setKey("10.96.7.1 . tcp . 80")
                                .setValue("2 endpoints"))
                .setProgrammed(
                        Frontier.newBuilder()
                                .setLogId("log-1")
                                .putRevisions("control", 12)
                                .putRevisions("endpoint", 9));
    }

    @Test
    void theVerdictComesFirstAndThenWhatLedToIt() {
        server.why = forwarded().build();

        CommandLineEnd end = why("client", "my-app-service:80");

        assertThat(end.err()).isEmpty();
        assertThat(end.code()).isZero();
        assertThat(end.out())
                .isEqualTo(
                        """
                        default/client (10.244.0.3, node-1) -> my-app-service:80/TCP: forwarded to one of 2 endpoints

                        Node:        node-1
                        Reason:      endpoints are ready
                        Name:        my-app-service is 10.96.7.1
                        Service:     default/my-app-service, by its ClusterIP
                        Port:        http  80/TCP
                        Policy:      Cluster, by internalTrafficPolicy
                        Endpoints:
                          ADDRESS           NODE     POD                  USED   WHY
                          10.244.0.4:8080   node-1   default/app-node-1   yes    ready
                          10.244.1.2:8080   node-2   default/app-node-2   yes    ready
                          10.244.1.9:8080   node-2   default/app-node-2   no     not ready
                        Masquerade:  no, pods are answered directly
                        Kernel:      has what is programmed
                          MAP        KEY                    VALUE         CHECK
                          services   10.96.7.1 . tcp . 80   2 endpoints   ok
                        Revision:    control=12,endpoint=9
                        """);
    }

    @Test
    void aKernelThatDiffersIsSaidPlainly() {
        server.why =
                forwarded()
                        .addElements(
                                KernelElement.newBuilder()
                                        .setMap("endpoints")
                                        .setKey("10.96.7.1 . tcp . 80 . 0")
                                        .setValue("10.244.0.4 . 8080")
                                        .setDifference("nothing"))
                        .build();

        CommandLineEnd end = why("client", "my-app-service:80");

        assertThat(end.code()).isZero();
        assertThat(end.out())
                .contains("Kernel:      DIFFERS from what is programmed, in 1 of 2\n")
                .contains("10.244.0.4 . 8080   DIFFERS, there is nothing\n");
    }

    @Test
    void oneEndpointIsNamed() {
        WhyResponse.Builder one = forwarded();
        one.getServiceBuilder().removeEndpoints(0);
        server.why = one.build();

        assertThat(why("client", "my-app-service").out())
                .contains("/TCP: forwarded to 10.244.1.2:8080\n");
    }

    @Test
    void ofTheSixthVersionAddressesHaveBrackets() {
        WhyResponse.Builder six = forwarded();
        six.getSourceBuilder().clearObject().setAsked("2001:db8::7").setAddress("2001:db8::7");
        six.getSourceBuilder().clearNode();
        six.getDestinationBuilder().setAsked("fd00::9").setAddress("fd00::9");
        six.getServiceBuilder()
                .clearEndpoints()
                .addEndpoints(endpoint("fd01::4", "node-1", true, "ready"));
        server.why = six.build();

        assertThat(why("2001:db8::7", "[fd00::9]:80").out())
                .startsWith("2001:db8::7 -> [fd00::9]:80/TCP: forwarded to [fd01::4]:8080\n")
                .contains("\nName:        fd00::9 is Service default/my-app-service\n")
                .contains("\n  [fd01::4]:8080   node-1   ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "172.30.0.11 | Node | node-1 | 172.30.0.11 is Node node-1",
                "10.244.0.1 | Pod | web-1 | 10.244.0.1 is Pod web-1, node-1",
                "10.9.9.9 | '' | '' | 10.9.9.9, node-1",
            })
    void whoHasAnAddressIsSaid(String address, String kind, String name, String words) {
        WhyResponse.Builder response = forwarded().clearService();
        response.getDestinationBuilder().setAsked(address).setAddress(address).setNode("node-1");
        if (kind.isEmpty()) {
            response.getDestinationBuilder().clearObject();
        } else {
            response.getDestinationBuilder().setObject(key(kind, "", name));
        }
        server.why = response.build();

        assertThat(why("client", address).out()).contains("Name:        " + words + "\n");
    }

    @Test
    void aNodeIsNamedOnce() {
        WhyResponse.Builder node = forwarded();
        node.getSourceBuilder()
                .setAsked("node/node-1")
                .setAddress("172.30.0.11")
                .setObject(key("Node", "", "node-1"));
        server.why = node.clearElements().build();

        assertThat(why("node/node-1", "my-app-service").out())
                .startsWith("node-1 (172.30.0.11) -> my-app-service:80/TCP: forwarded")
                .contains("Kernel:      not shown by what has programmed it\n");
    }

    @ParameterizedTest
    @CsvSource({
        "VERDICT_DROP, dropped",
        "VERDICT_REJECT, rejected",
        "VERDICT_DIRECT, goes to the destination itself",
    })
    void anyVerdictIsAnAnswer(Verdict verdict, String words) {
        server.why =
                forwarded()
                        .setVerdict(verdict)
                        .setReason("so it is")
                        .clearService()
                        .clearElements()
                        .setMasquerade(true)
                        .setMasqueradeAddress("192.0.2.1")
                        .build();

        CommandLineEnd end = why("client", "my-app-service");

        assertThat(end.code()).isZero();
        assertThat(end.out())
                .contains("my-app-service:80/TCP: " + words + "\n")
                .contains("Reason:      so it is\n")
                .contains("Masquerade:  yes, as 192.0.2.1, pods are answered directly\n")
                .contains("Kernel:      nothing is programmed for it\n")
                .doesNotContain("Service:", "Endpoints:");
    }

    @Test
    void jsonIsAllThatTheNodeSays() {
        server.why = forwarded().build();

        assertThat(why("client", "my-app-service", "-o", "json").out())
                .contains(
                        "\"verdict\": \"VERDICT_FORWARD\"",
                        "\"masquerade\": false",
                        "\"difference\": \"\"")
                .endsWith("}\n");
        assertThat(why("a", "b", "-o", "yaml").err())
                .isEqualTo("error: unknown output format \"yaml\", allowed formats are: json\n");
    }

    @ParameterizedTest
    @CsvSource({
        "pod/a, web:80, pod/a, web, 80",
        "po/a, svc/web, pod/a, service/web, 0",
        "no/n1, pods/b:1, node/n1, pod/b, 1",
        "external, nodes/n1:30080, external, node/n1, 30080",
        "external, web.shop.svc.cluster.local:8080, external, web.shop.svc.cluster.local, 8080",
        "10.0.0.1, 10.96.0.1:65535, 10.0.0.1, 10.96.0.1, 65535",
        "fd00::1, fd00::2, fd00::1, fd00::2, 0",
        "[fd00::1], [fd00::2]:53, fd00::1, fd00::2, 53",
        "[fd00::1], [fd00::2], fd00::1, fd00::2, 0",
    })
    void whatIsTypedIsWhatIsAsked(
            String source, String typed, String asked, String destination, int port) {
        server.why = forwarded().build();

        why(source, typed, "--protocol", "udp", "-n", "shop", "--node", "n2");

        assertThat(server.requests)
                .containsExactly(
                        WhyRequest.newBuilder()
                                .setSource(asked)
                                .setDestination(destination)
                                .setPort(port)
                                .setProtocol("UDP")
                                .setNamespace("shop")
                                .setNode("n2")
                                .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a | web:0 | invalid port \"0\"",
                "a | web:65536 | invalid port \"65536\"",
                "a | web:http | invalid port \"http\"",
                "a | web: | invalid port \"\"",
                "a | [web]:80 | \"[web]\" is no IPv6 address",
                "a | [10.0.0.1]:80 | \"[10.0.0.1]\" is no IPv6 address",
                "a | [fd00::1:80 | is no IPv6 address in brackets",
                "a | ns/n1 | give service/NAME, pod/NAME, node/NAME, NAME or an address",
                "a | deployment/x | the server doesn't have a resource type \"deployment\"",
                "a | svc/ | a name is missing",
                "a | svc/a/b | a name is missing, or there are too many",
                "svc/a | web | give pod/NAME, node/NAME, NAME or an address",
                "a:80 | web | has no port",
            })
    void whatIsTypedWrongIsSaid(String source, String destination, String words) {
        CommandLineEnd end = why(source, destination);

        assertThat(end.err()).startsWith("error: ").contains(words);
        assertThat(end.code()).isEqualTo(1);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void anUnknownProtocolIsSaid() {
        assertThat(why("a", "b", "--protocol", "icmp").err())
                .isEqualTo("error: unknown protocol \"icmp\": give one of TCP, UDP, SCTP\n");
    }

    @Test
    void whatTheServerRefusesIsAnError() {
        server.refusal =
                Failure.of(Failure.Reason.TIMEOUT, "node \"node-2\" has not answered within 5.0 s");

        CommandLineEnd end = why("client", "web");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.out()).isEmpty();
        assertThat(end.err())
                .isEqualTo(
                        "Error from server (Timeout): node \"node-2\" has not answered within 5.0"
                                + " s\n");
    }
}
