package dev.weir.endpoint;

import static dev.weir.endpoint.Wire.PATIENCE;
import static dev.weir.endpoint.Wire.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Cidr;
import dev.weir.model.Kinds;
import dev.weir.net.v1.CreateServiceRequest;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServicesGrpc;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service over gRPC, on logs in memory. The tests write the control shard. */
class EndpointServiceTest {
    private final ServedEndpoints.Disks disks = new ServedEndpoints.Disks();
    private ServedEndpoints served;

    @BeforeEach
    void open() throws IOException {
        served =
                new ServedEndpoints(
                        disks,
                        EndpointSettings.of(
                                List.of(Cidr.of("10.96.0.0/12"), Cidr.of("fd00:10:96::/112"))));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private long putPod(String name, int number) {
        return served.write(
                Map.of(
                        Kinds.POD.key("shop", name),
                        Optional.of(
                                Pod.newBuilder()
                                        .setMetadata(
                                                ObjectMeta.newBuilder()
                                                        .setNamespace("shop")
                                                        .setName(name)
                                                        .putLabels("app", "web"))
                                        .setSpec(PodSpec.newBuilder().setNodeName("n1"))
                                        .setStatus(
                                                PodStatus.newBuilder()
                                                        .setPhase("Running")
                                                        .addConditions(
                                                                Condition.newBuilder()
                                                                        .setType("Ready")
                                                                        .setStatus("True"))
                                                        .setPodIp("10.244.0." + number)
                                                        .addPodIps(
                                                                PodIp.newBuilder()
                                                                        .setIp(
                                                                                "10.244.0."
                                                                                        + number)))
                                        .build())));
    }

    private static CreateServiceRequest.Builder creating(String namespace, String name) {
        return CreateServiceRequest.newBuilder()
                .setObject(
                        Service.newBuilder()
                                .setMetadata(
                                        ObjectMeta.newBuilder()
                                                .setNamespace(namespace)
                                                .setName(name))
                                .setSpec(
                                        ServiceSpec.newBuilder()
                                                .putSelector("app", "web")
                                                .addPorts(ServicePort.newBuilder().setPort(80))));
    }

    private Service create(CreateServiceRequest.Builder request) {
        return served.stub(ServicesGrpc::newBlockingStub).create(request.build()).getObject();
    }

    private StatusRuntimeException refused(CreateServiceRequest.Builder request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> create(request));
    }

    private Set<String> endpoints() {
        return served.image()
                .in(Kinds.ENDPOINT_SLICE, "shop", EndpointSlice.class)
                .flatMap(slice -> slice.getEndpointsList().stream())
                .flatMap(endpoint -> endpoint.getAddressesList().stream())
                .collect(Collectors.toSet());
    }

    private Optional<Service> dns() {
        return served.image().find(Service.class, Kinds.SERVICE.key("kube-system", "kube-dns"));
    }

    private void restart() throws Exception {
        close();
        open();
    }

    @Test
    void dnsIsAServiceFromTheStartAtTheReservedAddresses() {
        ServiceSpec spec = dns().orElseThrow().getSpec();

        assertThat(spec.getClusterIp()).isEqualTo("10.96.0.10");
        assertThat(spec.getClusterIpsList()).containsExactly("10.96.0.10", "fd00:10:96::a");
        assertThat(spec.getSelectorMap()).isEqualTo(Map.of("k8s-app", "kube-dns"));
        assertThat(spec.getPortsList())
                .extracting(port -> port.getProtocol() + " " + port.getPort())
                .containsExactly("UDP 53", "TCP 53");
    }

    @Test
    void aRestartKeepsTheDnsServiceAndTheAddresses() throws Exception {
        Service before = dns().orElseThrow();
        Service web = create(creating("shop", "web"));
        putPod("web-1", 5);
        await("the endpoint is there", () -> endpoints().equals(Set.of("10.244.0.5")));
        Image image = served.image();

        restart();

        assertThat(dns()).contains(before);
        assertThat(served.image().find(Service.class, Kinds.SERVICE.key("shop", "web")))
                .contains(web);
        Thread.sleep(300);
        assertThat(served.image().objects()).isEqualTo(image.objects());
    }

    @Test
    void aServiceIsGivenAnAddress() {
        ServiceSpec spec = create(creating("shop", "web")).getSpec();

        assertThat(Cidr.of("10.96.0.0/12").contains(Cidr.of(spec.getClusterIp() + "/32"))).isTrue();
        assertThat(spec.getType()).isEqualTo("ClusterIP");
        assertThat(spec.getPorts(0).getProtocol()).isEqualTo("TCP");
    }

    @Test
    void servicesMadeAtOnceNeverShareAnAddress() throws Exception {
        Set<String> addresses = ConcurrentHashMap.newKeySet();
        List<Thread> threads =
                IntStream.range(0, 100)
                        .mapToObj(
                                i ->
                                        Thread.ofVirtual()
                                                .start(
                                                        () ->
                                                                addresses.add(
                                                                        create(
                                                                                        creating(
                                                                                                "shop",
                                                                                                "s"
                                                                                                        + i))
                                                                                .getSpec()
                                                                                .getClusterIp())))
                        .toList();
        for (Thread thread : threads) {
            assertThat(thread.join(java.time.Duration.ofSeconds(PATIENCE)))
                    .as("a Service is created")
                    .isTrue();
        }

        assertThat(addresses).hasSize(100).doesNotContain("10.96.0.10");
    }

    private int nodePort(String name) {
        CreateServiceRequest.Builder request = creating("shop", name);
        request.getObjectBuilder().getSpecBuilder().setType("NodePort");
        return create(request).getSpec().getPorts(0).getNodePort();
    }

    @Test
    void servicesMadeAtOnceNeverShareANodePort() throws Exception {
        Set<Integer> numbers = ConcurrentHashMap.newKeySet();
        List<Thread> threads =
                IntStream.range(0, 100)
                        .mapToObj(
                                i -> Thread.ofVirtual().start(() -> numbers.add(nodePort("s" + i))))
                        .toList();
        for (Thread thread : threads) {
            assertThat(thread.join(java.time.Duration.ofSeconds(PATIENCE)))
                    .as("a Service is created")
                    .isTrue();
        }

        assertThat(numbers)
                .hasSize(100)
                .allSatisfy(number -> assertThat(number).isBetween(30_086, 32_767));
    }

    @Test
    void aNodePortThatIsTakenIsRefused() {
        int taken = nodePort("web");
        CreateServiceRequest.Builder other = creating("shop", "other");
        other.getObjectBuilder()
                .getSpecBuilder()
                .setType("NodePort")
                .getPortsBuilder(0)
                .setNodePort(taken);

        StatusRuntimeException error = refused(other);

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription())
                .contains(
                        "spec.ports[0].nodePort: Invalid value: "
                                + taken
                                + ": provided port is already allocated");
    }

    @Test
    void anAddressThatIsTakenIsRefused() {
        Service web = create(creating("shop", "web"));
        CreateServiceRequest.Builder other = creating("shop", "other");
        other.getObjectBuilder().getSpecBuilder().setClusterIp(web.getSpec().getClusterIp());

        StatusRuntimeException error = refused(other);

        assertThat(error.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(error.getStatus().getDescription()).contains("already allocated");
    }

    @Test
    void aNamespaceMustBeThere() {
        StatusRuntimeException error = refused(creating("nowhere", "web"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(error.getStatus().getDescription())
                .isEqualTo("namespaces \"nowhere\" not found");
    }

    @Test
    void aNamespaceAndAServiceCanComeTogether() {
        long revision = served.put(ServedEndpoints.namespace("fresh"));

        Service web =
                create(
                        creating("fresh", "web")
                                .setAfter(Frontier.of("log-1", "control", revision).toProto()));

        assertThat(web.getMetadata().getNamespace()).isEqualTo("fresh");
    }

    @Test
    void podsBecomeEndpoints() throws Exception {
        create(creating("shop", "web"));
        putPod("web-1", 5);
        putPod("web-2", 6);
        await("both are there", () -> endpoints().equals(Set.of("10.244.0.5", "10.244.0.6")));

        long revision = served.write(Map.of(Kinds.POD.key("shop", "web-1"), Optional.empty()));

        await("one is left", () -> endpoints().equals(Set.of("10.244.0.6")));
        assertThat(served.image().after().revision("control")).isGreaterThanOrEqualTo(revision);
    }

    @Test
    void aNamespaceThatIsGoingTakesItsServicesAndTheirEndpoints() throws Exception {
        create(creating("shop", "web"));
        putPod("web-1", 5);
        await("the endpoint is there", () -> !endpoints().isEmpty());

        served.put(
                ServedEndpoints.namespace("shop").toBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setName("shop")
                                        .setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1)))
                        .build());

        await(
                "nothing of it is left",
                () ->
                        served.image().objects().keySet().stream()
                                .noneMatch(key -> key.namespace().equals("shop")));
        assertThat(refused(creating("shop", "late")).getStatus().getCode())
                .isEqualTo(Code.PERMISSION_DENIED);
        assertThat(dns()).isPresent();
    }
}
