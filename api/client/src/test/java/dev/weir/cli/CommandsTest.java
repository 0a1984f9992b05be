package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.client.FakeServer;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Failure;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolSpec;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.net.v1.ServiceCidrSpec;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.UpdateServiceRequest;
import dev.weir.node.v1.WaitProgrammedRequest;
import dev.weir.node.v1.WaitProgrammedResponse;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicySpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole commands, as typed, against a server on a real socket. */
@Timeout(30)
class CommandsTest {
    private static final String SERVICE_YAML =
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              selector: {app: web}
              ports:
              - port: 80
                targetPort: 8080
            """;

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

    private CommandLineEnd run(String... args) {
        return runWith("", args);
    }

    private CommandLineEnd runWith(String input, String... args) {
        return CommandLineEnd.ofInput(
                server, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(100)), input, args);
    }

    private static ObjectMeta named(String name) {
        return ObjectMeta.newBuilder().setNamespace("default").setName(name).build();
    }

    private static Service service(String name) {
        return Service.newBuilder()
                .setMetadata(named(name))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .putSelector("app", "web")
                                .setClusterIp("10.96.1.2")
                                .addPorts(ServicePort.newBuilder().setPort(80).setProtocol("TCP")))
                .build();
    }

    private static Pod pod(String ready) {
        return Pod.newBuilder()
                .setMetadata(named("a"))
                .setSpec(
                        PodSpec.newBuilder()
                                .setNodeName("node-1")
                                .addContainers(Container.newBuilder().setName("a")))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPhase("Running")
                                .setPodIp("10.244.0.2")
                                .addConditions(
                                        Condition.newBuilder().setType("Ready").setStatus(ready)))
                .build();
    }

    @Test
    void getShowsServicesInKubectlsColumns() {
        server.put(service("web"));
        server.put(service("a-longer-name"));

        CommandLineEnd ran = run("get", "svc");

        assertThat(ran.out())
                .matches(
                        """
                        NAME            TYPE        CLUSTER-IP   EXTERNAL-IP   PORT\\(S\\)   AGE
                        a-longer-name   ClusterIP   10.96.1.2    <none>        80/TCP    (99|100|101)s
                        web             ClusterIP   10.96.1.2    <none>        80/TCP    (99|100|101)s
                        """);
        assertThat(ran.code()).isZero();
    }

    @Test
    void widePodsShowWhereTheyAre() {
        server.put(pod("True"));

        CommandLineEnd ran =
                run("get", "pods", "-o", "wide", "--show-labels", "-A", "--no-headers");

        assertThat(ran.out().strip().split(" +"))
                .contains("default", "a", "1/1", "Running", "0", "10.244.0.2", "node-1", "<none>");
    }

    @Test
    void severalTypesAreTablesOfTheirOwnWithTheTypeInTheName() {
        server.put(service("web"));
        server.put(pod("False"));

        CommandLineEnd ran = run("get", "svc,po");

        assertThat(ran.out().lines().map(line -> line.split(" ")[0]))
                .containsExactly("NAME", "service/web", "", "NAME", "pod/a");
    }

    @Test
    void aPolicyShowsItsSelectorAndItsGroup() {
        server.put(
                NetworkPolicy.newBuilder()
                        .setMetadata(named("deny"))
                        .setSpec(
                                NetworkPolicySpec.newBuilder()
                                        .setPodSelector(
                                                LabelSelector.newBuilder()
                                                        .putMatchLabels("app", "x")))
                        .build());

        assertThat(run("get", "netpol").out())
                .contains("NAME   POD-SELECTOR   AGE", "deny   app=x          ");
        assertThat(run("get", "netpol/deny", "-o", "name").out())
                .isEqualTo("networkpolicy.networking.k8s.io/deny\n");
    }

    @Test
    void nothingFoundIsSaidOnStandardErrorAndIsNoError() {
        assertThat(run("get", "services"))
                .isEqualTo(new CommandLineEnd(0, "", "No resources found in default namespace.\n"));
        assertThat(run("get", "services", "-A"))
                .isEqualTo(new CommandLineEnd(0, "", "No resources found\n"));
        assertThat(run("get", "nodes"))
                .isEqualTo(new CommandLineEnd(0, "", "No resources found\n"));
    }

    @Test
    void anObjectThatIsNotThereIsAnError() {
        assertThat(run("get", "svc", "web"))
                .isEqualTo(
                        new CommandLineEnd(
                                1,
                                "",
                                "Error from server (NotFound): services \"web\" not found\n"));
        assertThat(run("get", "foo"))
                .isEqualTo(
                        new CommandLineEnd(
                                1, "", "error: the server doesn't have a resource type \"foo\"\n"));
    }

    @Test
    void jsonpathPicksFields() {
        server.put(service("web"));
        server.put(service("xyz"));

        CommandLineEnd one =
                run("get", "svc", "web", "-o", "jsonpath={.spec.ports[0].port}/{.spec.clusterIP}");
        CommandLineEnd many =
                run("get", "svc", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}");

        assertThat(one.out()).isEqualTo("80/10.96.1.2");
        assertThat(many.out()).isEqualTo("web\nxyz\n");
    }

    @Test
    void applySaysWhatItDid() {
        CommandLineEnd first = runWith(SERVICE_YAML, "apply", "-f", "-");
        CommandLineEnd again = runWith(SERVICE_YAML, "apply", "-f", "-");
        CommandLineEnd changed = runWith(SERVICE_YAML.replace("8080", "8081"), "apply", "-f", "-");

        assertThat(first).isEqualTo(new CommandLineEnd(0, "service/web created\n", ""));
        assertThat(again).isEqualTo(new CommandLineEnd(0, "service/web unchanged\n", ""));
        assertThat(changed).isEqualTo(new CommandLineEnd(0, "service/web configured\n", ""));
    }

    @Test
    void applyLeavesStatusAndForeignMetadataAlone() {
        runWith(SERVICE_YAML, "apply", "-f", "-");
        runWith(SERVICE_YAML.replace("8080", "8081"), "apply", "-f", "-");

        UpdateServiceRequest update =
                server.requests.stream()
                        .filter(UpdateServiceRequest.class::isInstance)
                        .map(UpdateServiceRequest.class::cast)
                        .findFirst()
                        .orElseThrow();

        assertThat(update.getUpdateMask().getPathsList())
                .containsExactlyInAnyOrder("spec", "metadata.labels", "metadata.annotations");
    }

    @Test
    void aParseErrorInOneFileAppliesNothing() throws Exception {
        Files.writeString(directory.resolve("1.yaml"), SERVICE_YAML);
        Files.writeString(
                directory.resolve("2.yaml"), SERVICE_YAML.replace("port: 80", "prot: 80"));

        CommandLineEnd ran = run("apply", "-f", directory.toString());

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("2.yaml", "spec.ports[0].prot");
        assertThat(server.requests).isEmpty();
    }

    @Test
    void namespacesComeFirstAndEachWriteNamesTheOneBefore() {
        String file =
                SERVICE_YAML.replace("name: web", "name: web\n  namespace: shop")
                        + "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n";

        CommandLineEnd ran = runWith(file, "apply", "-f", "-");

        assertThat(ran.out()).isEqualTo("namespace/shop created\nservice/web created\n");
        assertThat(server.requests.getLast())
                .isInstanceOfSatisfying(
                        dev.weir.net.v1.CreateServiceRequest.class,
                        create ->
                                assertThat(create.getAfter().getRevisionsMap())
                                        .isEqualTo(Map.of("control", 1L)));
    }

    @Test
    void aRefusedObjectDoesNotKeepTheOthersFromBeingApplied() {
        server.refusedName = "web";
        server.refusal =
                Failure.of(Failure.Reason.FORBIDDEN, "services \"web\" is forbidden: because");
        String file = SERVICE_YAML + "---\n" + SERVICE_YAML.replace("name: web", "name: other");

        CommandLineEnd ran = runWith(file, "apply", "-f", "-");

        assertThat(ran.out()).isEqualTo("service/other created\n");
        assertThat(ran.err())
                .isEqualTo(
                        "Error from server (Forbidden): error when applying \"STDIN\": services"
                                + " \"web\" is forbidden: because\n");
        assertThat(ran.code()).isEqualTo(1);
    }

    @Test
    void waitAsksForTheFrontierOfAllWrites() {
        CommandLineEnd ran = runWith(SERVICE_YAML, "apply", "-f", "-", "--wait");

        assertThat(ran).isEqualTo(new CommandLineEnd(0, "service/web created\n", ""));
        assertThat(server.requests.getLast())
                .isInstanceOfSatisfying(
                        WaitProgrammedRequest.class,
                        wait -> {
                            assertThat(wait.getFrontier().getRevisionsMap())
                                    .isEqualTo(Map.of("endpoint", 1L));
                            assertThat(wait.getReachableOnly()).isFalse();
                            assertThat(wait.getKeysList())
                                    .containsExactly(Kinds.SERVICE.key("default", "web").toProto());
                        });
    }

    @Test
    void waitingTooLongNamesTheNodes() {
        server.programmed =
                List.of(WaitProgrammedResponse.newBuilder().addWaitingFor("node-2").build());

        CommandLineEnd ran =
                runWith(SERVICE_YAML, "apply", "-f", "-", "--wait=reachable", "--timeout=200ms");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("timed out").contains("node-2");
    }

    @Test
    void whatCannotBeProgrammedEndsTheWaitAtOnce() {
        server.programmed =
                List.of(
                        WaitProgrammedResponse.newBuilder()
                                .setFailed("node-1: Service default/web: no")
                                .build());

        assertThat(runWith(SERVICE_YAML, "apply", "-f", "-", "--wait").err())
                .isEqualTo("error: node-1: Service default/web: no\n");
    }

    @Test
    void aDryRunWritesNothing() {
        CommandLineEnd client = runWith(SERVICE_YAML, "apply", "-f", "-", "--dry-run=client");
        CommandLineEnd onServer = runWith(SERVICE_YAML, "apply", "-f", "-", "--dry-run=server");

        assertThat(client.out()).isEqualTo("service/web created (dry run)\n");
        assertThat(onServer.out()).isEqualTo("service/web created (server dry run)\n");
        assertThat(run("get", "svc").out()).isEmpty();
    }

    @Test
    void deleteNamesWhatWent() {
        server.put(service("web"));

        assertThat(run("delete", "svc", "web"))
                .isEqualTo(new CommandLineEnd(0, "service \"web\" deleted\n", ""));
        assertThat(run("delete", "svc", "web").code()).isEqualTo(1);
        assertThat(run("delete", "svc", "web", "--ignore-not-found"))
                .isEqualTo(new CommandLineEnd(0, "", ""));
    }

    @Test
    void waitForAConditionSeesItComeTrue() {
        server.put(pod("False"));
        Thread.ofVirtual()
                .start(
                        () -> {
                            sleep(100);
                            server.put(pod("True"));
                        });

        assertThat(run("wait", "--for=condition=Ready", "pod/a", "--timeout=10s"))
                .isEqualTo(new CommandLineEnd(0, "pod/a condition met\n", ""));
    }

    @Test
    void waitGivesUp() {
        server.put(pod("False"));

        assertThat(run("wait", "--for=condition=Ready", "pod/a", "--timeout=100ms"))
                .isEqualTo(
                        new CommandLineEnd(
                                1, "", "error: timed out waiting for the condition on pods/a\n"));
    }

    @Test
    void waitForADeletion() {
        server.put(pod("False"));
        Thread.ofVirtual()
                .start(
                        () -> {
                            sleep(100);
                            server.remove(Kinds.POD.key("default", "a"));
                        });

        assertThat(run("wait", "--for=delete", "pod/a").out()).isEqualTo("pod/a condition met\n");
        assertThat(run("wait", "--for=delete", "pod/a")).isEqualTo(new CommandLineEnd(0, "", ""));
    }

    @Test
    void whatIsTypedWrongIsSaidInKubectlsWords() {
        assertThat(run("get", "svc", "--foo").err()).startsWith("error: unknown flag: --foo\n");
        assertThat(run("gte").err()).startsWith("error: unknown command \"gte\" for \"weir\"\n");
        assertThat(run("get").err()).isEqualTo("error: Required resource not specified.\n");
        assertThat(run("drain", "node-1").err())
                .isEqualTo("error: not available in this release: weir drain\n");
    }

    /** Both protocols of a port at one node port, and a health check. */
    private static Service balanced() {
        Service.Builder service = service("web").toBuilder();
        service.getSpecBuilder()
                .setType("LoadBalancer")
                .setExternalTrafficPolicy("Local")
                .setHealthCheckNodePort(30009)
                .addLoadBalancerSourceRanges("10.0.0.0/8")
                .addLoadBalancerSourceRanges("fd00::/8");
        service.getSpecBuilder().getPortsBuilder(0).setName("tcp").setNodePort(30007);
        service.getSpecBuilder()
                .addPorts(
                        ServicePort.newBuilder()
                                .setName("udp")
                                .setPort(80)
                                .setProtocol("UDP")
                                .setNodePort(30007));
        service.getStatusBuilder()
                .getLoadBalancerBuilder()
                .addIngress(LoadBalancerIngress.newBuilder().setIp("192.0.2.1").setIpMode("VIP"));
        return service.build();
    }

    @Test
    void getShowsNodePorts() {
        server.put(balanced());
        Service.Builder waiting = balanced().toBuilder().setMetadata(named("yet")).clearStatus();
        server.put(waiting.build());

        assertThat(run("get", "svc").out())
                .contains("  192.0.2.1     80:30007/TCP,80:30007/UDP  ")
                .contains("  <pending>     80:30007/TCP,80:30007/UDP  ");
    }

    @Test
    void getShowsPools() {
        server.put(
                AddressPool.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName("lab"))
                        .setSpec(
                                AddressPoolSpec.newBuilder()
                                        .setAutoAssign(true)
                                        .addAddresses("192.0.2.16/28")
                                        .addAddresses("2001:db8::1-2001:db8::9"))
                        .build());

        assertThat(run("get", "pool").out().replaceAll(" {2,}", " "))
                .matches(
                        "NAME AUTO-ASSIGN ADDRESSES AGE\n"
                                + "lab true 192.0.2.16/28,2001:db8::1-2001:db8::9 [0-9]+s\n");
    }

    @Test
    void getShowsRangesOfClusterIps() {
        server.put(
                ServiceCidr.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName("kubernetes"))
                        .setSpec(
                                ServiceCidrSpec.newBuilder()
                                        .addCidrs("10.96.0.0/12")
                                        .addCidrs("fd00:10:96::/112"))
                        .build());

        assertThat(run("get", "servicecidrs").out().replaceAll(" {2,}", " "))
                .matches("NAME CIDRS AGE\n" + "kubernetes 10.96.0.0/12,fd00:10:96::/112 [0-9]+s\n");
    }

    @Test
    void getShowsWhoHasWhichClusterIp() {
        Service.Builder web = service("web").toBuilder();
        web.getSpecBuilder().clearClusterIps().addClusterIps("10.96.0.19").addClusterIps("fd00::9");
        Service.Builder api = service("api").toBuilder();
        api.getSpecBuilder().clearClusterIps().addClusterIps("10.96.0.9");
        Service.Builder none = service("none").toBuilder();
        none.getSpecBuilder().clearClusterIps().addClusterIps("None");
        List.of(web, api, none).forEach(one -> server.put(one.build()));

        assertThat(run("get", "ipaddresses").out().replaceAll(" {2,}", " "))
                .matches(
                        "NAME PARENTREF AGE\n"
                                + "10.96.0.9 services/default/api \\S+\n"
                                + "10.96.0.19 services/default/web \\S+\n"
                                + "fd00::9 services/default/web \\S+\n");
        assertThat(run("get", "ip/FD00:0::9", "-o", "yaml").out())
                .startsWith("apiVersion: networking.k8s.io/v1\nkind: IPAddress\n")
                .contains("ipaddress.kubernetes.io/ip-family: IPv6")
                .contains("    namespace: default\n    resource: services\n");
        assertThat(run("get", "ipaddress", "10.96.0.20").err())
                .contains("ipaddresses \"10.96.0.20\" not found");
        assertThat(
                        run(
                                        "get",
                                        "ip",
                                        "-l",
                                        "ipaddress.kubernetes.io/ip-family=IPv6",
                                        "-o",
                                        "name")
                                .out())
                .isEqualTo("ipaddress.networking.k8s.io/fd00::9\n");
        assertThat(run("delete", "ip", "10.96.0.9").err()).contains("only get shows them");
    }

    @Test
    void applyWarnsOfExternalIpsThatNoNodeTakes() {
        Service.Builder there = service("web").toBuilder();
        there.getStatusBuilder()
                .addConditions(
                        Condition.newBuilder()
                                .setType("ExternalIPsProgrammed")
                                .setStatus("False")
                                .setMessage("no range of --external-ip-ranges has them"));
        server.put(there.build());

        CommandLineEnd ran = runWith(SERVICE_YAML, "apply", "-f", "-");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEqualTo("Warning: no range of --external-ip-ranges has them\n");
    }

    @Test
    void describeShowsNodePortsAndWhatALoadBalancerHas() {
        server.put(balanced());

        assertThat(run("describe", "svc", "web").out().replaceAll(" {2,}", " "))
                .contains("LoadBalancer Ingress: 192.0.2.1 (VIP)\n")
                .contains("Port: tcp 80/TCP\n")
                .contains("NodePort: tcp 30007/TCP\n")
                .contains("NodePort: udp 30007/UDP\n")
                .contains("External Traffic Policy: Local\n")
                .contains("HealthCheck NodePort: 30009\n")
                .contains("LoadBalancer Source Ranges: 10.0.0.0/8,fd00::/8\n");
    }

    @Test
    void describeShowsAService() {
        server.put(service("web"));

        assertThat(run("describe", "svc", "web").out())
                .contains(
                        "Name:              web\n",
                        "Selector:          app=web\n",
                        "Port:              <unset>  80/TCP\n");
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command :
                Arrays.asList(
                        "get",
                        "apply",
                        "delete",
                        "describe",
                        "wait",
                        "watch",
                        "up",
                        "down",
                        "agent",
                        "status",
                        "why")) {
            assertThat(run(command, "--help").code()).as(command).isZero();
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
