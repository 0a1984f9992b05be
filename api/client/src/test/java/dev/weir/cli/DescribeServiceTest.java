package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.client.FakeServer;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Frontier;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.ObjectReference;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.PortStatus;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.Problem;
import dev.weir.node.v1.StatusResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DescribeServiceTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:10:00Z");

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

    private String describe() {
        CommandLineEnd end =
                CommandLineEnd.of(
                        server, Clock.fixed(NOW, ZoneOffset.UTC), "describe", "svc", "web");
        assertThat(end.err()).isEmpty();
        assertThat(end.code()).isZero();
        return end.out();
    }

    private static Service.Builder service() {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("web"))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("LoadBalancer")
                                .putSelector("app", "web")
                                .setIpFamilyPolicy("SingleStack")
                                .addIpFamilies("IPv4")
                                .setClusterIp("10.96.1.2")
                                .addClusterIps("10.96.1.2")
                                .setLoadBalancerIp("192.0.2.1")
                                .setSessionAffinity("ClientIP")
                                .setExternalTrafficPolicy("Local")
                                .setInternalTrafficPolicy("Cluster")
                                .setHealthCheckNodePort(30009)
                                .addLoadBalancerSourceRanges("10.0.0.0/8")
                                .addPorts(
                                        ServicePort.newBuilder()
                                                .setName("http")
                                                .setPort(80)
                                                .setProtocol("TCP")
                                                .setTargetPort(
                                                        IntOrString.newBuilder().setStrVal("web"))
                                                .setNodePort(30080)));
    }

    private static Condition condition(String type, String status, String reason, int minutes) {
        return Condition.newBuilder()
                .setType(type)
                .setStatus(status)
                .setReason(reason)
                .setMessage("because of " + reason)
                .setLastTransitionTime(
                        Timestamp.newBuilder()
                                .setSeconds(NOW.minusSeconds(60L * minutes).getEpochSecond()))
                .build();
    }

    private static Endpoint.Builder endpoint(String address, String node) {
        return Endpoint.newBuilder()
                .addAddresses(address)
                .setNodeName(node)
                .setTargetRef(ObjectReference.newBuilder().setKind("Pod").setName("p-" + node));
    }

    private static EndpointSlice.Builder slice() {
        return EndpointSlice.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace("default")
                                .setName("web-1")
                                .putLabels("kubernetes.io/service-name", "web"))
                .setAddressType("IPv4")
                .addPorts(EndpointPort.newBuilder().setPort(8080).setProtocol("TCP"));
    }

    private static NodeReport.Builder node(String name, String log, long revision) {
        return NodeReport.newBuilder()
                .setNodeName(name)
                .setReachable(true)
                .setProgrammed(
                        Frontier.newBuilder().setLogId(log).putRevisions("endpoint", revision));
    }

    private static StatusResponse.Builder status() {
        return StatusResponse.newBuilder()
                .setHead(
                        Frontier.newBuilder()
                                .setLogId(FakeServer.LOG_ID)
                                .putRevisions("endpoint", 9));
    }

    @Test
    void allThatIsKnownOfIt() {
        Service.Builder service = service();
        service.getStatusBuilder()
                .addConditions(condition("ExternalIPsProgrammed", "False", "NotInAllowedRange", 3))
                .addConditions(
                        condition("LoadBalancerAddressAssigned", "True", "AddressAssigned", 10))
                .getLoadBalancerBuilder()
                .addIngress(LoadBalancerIngress.newBuilder().setIp("192.0.2.1").setIpMode("VIP"));
        server.put(service.build());
        server.put(
                slice().addEndpoints(endpoint("10.244.0.2", "node-1"))
                        .addEndpoints(
                                endpoint("10.244.1.2", "node-2")
                                        .setConditions(
                                                EndpointConditions.newBuilder()
                                                        .setReady(false)
                                                        .setServing(false)))
                        .addEndpoints(
                                endpoint("10.244.1.3", "node-2")
                                        .setConditions(
                                                EndpointConditions.newBuilder()
                                                        .setReady(false)
                                                        .setServing(true)
                                                        .setTerminating(true)))
                        .build());
        server.status =
                status().addNodes(node("node-1", FakeServer.LOG_ID, 2))
                        .addNodes(node("node-2", FakeServer.LOG_ID, 1))
                        .build();

        assertThat(describe())
                .isEqualTo(
                        """
                        Name:                        web
                        Namespace:                   default
                        Labels:                      <none>
                        Annotations:                 <none>
                        Selector:                    app=web
                        Type:                        LoadBalancer
                        IP Family Policy:            SingleStack
                        IP Families:                 IPv4
                        IP:                          10.96.1.2
                        IPs:                         10.96.1.2
                        Desired LoadBalancer IP:     192.0.2.1
                        LoadBalancer Ingress:        192.0.2.1 (VIP)
                        Port:                        http  80/TCP
                        TargetPort:                  web/TCP
                        NodePort:                    http  30080/TCP
                        Endpoints:                   10.244.0.2:8080
                        Session Affinity:            ClientIP
                        External Traffic Policy:     Local
                        Internal Traffic Policy:     Cluster
                        HealthCheck NodePort:        30009
                        LoadBalancer Source Ranges:  10.0.0.0/8
                        Conditions:
                          Type                          Status   Reason              Message
                          ----                          ------   ------              -------
                          ExternalIPsProgrammed         False    NotInAllowedRange   because of NotInAllowedRange
                          LoadBalancerAddressAssigned   True     AddressAssigned     because of AddressAssigned
                        Endpoint States:
                          Address      Ports      Node     Target         State
                          -------      -----      ----     ------         -----
                          10.244.0.2   8080/TCP   node-1   Pod/p-node-1   ready
                          10.244.1.2   8080/TCP   node-2   Pod/p-node-2   not ready
                          10.244.1.3   8080/TCP   node-2   Pod/p-node-2   terminating, serves on
                        Programmed:
                          Node     State
                          ----     -----
                          node-1   programmed
                          node-2   behind, at revision 1 of 2
                        Events:
                          Type                          Status   Reason              Age   Message
                          ----                          ------   ------              ---   -------
                          LoadBalancerAddressAssigned   True     AddressAssigned     10m   because of AddressAssigned
                          ExternalIPsProgrammed         False    NotInAllowedRange   3m    because of NotInAllowedRange
                        """);
    }

    @Test
    void whatThereIsNotIsNone() {
        server.put(service().build());
        server.status = status().build();

        assertThat(describe().replaceAll(" {2,}", " "))
                .contains("\nConditions: <none>\n")
                .contains("\nEndpoint States: <none>\n")
                .contains("\nProgrammed: <none>\n")
                .endsWith("\nEvents: <none>\n");
    }

    @Test
    void aNodeThatCannotSaysWhy() {
        server.put(service().build());
        server.put(slice().build());
        server.status =
                status().addNodes(
                                node("node-1", FakeServer.LOG_ID, 9)
                                        .addProblems(
                                                Problem.newBuilder()
                                                        .setKey(
                                                                Kinds.SERVICE
                                                                        .key("default", "web")
                                                                        .toProto())
                                                        .setPlane("nft")
                                                        .setReason("too many endpoints")))
                        .addNodes(
                                node("node-2", FakeServer.LOG_ID, 9)
                                        .addProblems(
                                                Problem.newBuilder()
                                                        .setKey(
                                                                Kinds.SERVICE
                                                                        .key("shop", "web")
                                                                        .toProto())
                                                        .setReason("of another")))
                        .addNodes(node("node-3", FakeServer.LOG_ID, 1).setReachable(false))
                        .addNodes(node("node-4", "log-0", 100))
                        .build();

        assertThat(describe())
                .contains("  node-1   not programmed: too many endpoints (nft)\n")
                .contains("  node-2   programmed\n")
                .contains("  node-3   behind, at revision 1 of 2 (unreachable)\n")
                .contains("  node-4   behind, at revision 0 of 2\n");
    }

    @Test
    void aPortThatABalancerDoesNotServeIsSaid() {
        Service.Builder service = service();
        service.getStatusBuilder()
                .getLoadBalancerBuilder()
                .addIngress(
                        LoadBalancerIngress.newBuilder()
                                .setIp("192.0.2.1")
                                .addPorts(PortStatus.newBuilder().setPort(80).setProtocol("TCP"))
                                .addPorts(
                                        PortStatus.newBuilder()
                                                .setPort(53)
                                                .setProtocol("UDP")
                                                .setError("example.com/NoUdp")));
        server.put(service.build());

        assertThat(describe())
                .contains("LoadBalancer Ingress:        192.0.2.1 53/UDP: example.com/NoUdp\n");
    }

    @Test
    void anEndpointSaysWhatItIs() {
        assertThat(ServiceSheet.state(Endpoint.getDefaultInstance())).isEqualTo("ready");
        assertThat(
                        ServiceSheet.state(
                                Endpoint.newBuilder()
                                        .setConditions(
                                                EndpointConditions.newBuilder()
                                                        .setServing(false)
                                                        .setTerminating(true))
                                        .build()))
                .isEqualTo("terminating");
    }
}
