package dev.weir.endpoint;

import static dev.weir.endpoint.Wire.PATIENCE;
import static dev.weir.endpoint.Wire.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.endpoint.balance.Balancer;
import dev.weir.endpoint.balance.Tenants;
import dev.weir.endpoint.balance.Wish;
import dev.weir.endpoint.derive.Slices;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.CreateAddressPoolRequest;
import dev.weir.net.v1.CreateServiceRequest;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.net.v1.UpdateServiceRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Load balancers over gRPC, on logs in memory. */
class LoadBalancersTest {
    private final ServedEndpoints.Disks disks = new ServedEndpoints.Disks();
    private ServedEndpoints served;

    @BeforeEach
    void open() throws IOException {
        open(PortRange.DEFAULT);
    }

    private void open(PortRange ports, String... externalIps) throws IOException {
        served =
                new ServedEndpoints(
                        disks,
                        new EndpointSettings(
                                List.of(Cidr.of("10.96.0.0/12")),
                                List.of(Cidr.of("10.244.0.0/16")),
                                ports,
                                List.of(externalIps).stream().map(Cidr::of).toList(),
                                Slices.USUAL_ENDPOINTS));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private ServicesGrpc.ServicesBlockingStub services() {
        return served.stub(ServicesGrpc::newBlockingStub);
    }

    private AddressPoolsGrpc.AddressPoolsBlockingStub pools() {
        return served.stub(AddressPoolsGrpc::newBlockingStub);
    }

    private static Service.Builder balanced(String name) {
        Service.Builder service = Service.newBuilder();
        service.getMetadataBuilder().setNamespace("shop").setName(name);
        service.getSpecBuilder()
                .setType("LoadBalancer")
                .addPortsBuilder()
                .setPort(80)
                .setProtocol("TCP");
        return service;
    }

    private Service create(Service.Builder service) {
        return services()
                .create(CreateServiceRequest.newBuilder().setObject(service).build())
                .getObject();
    }

    private void pool(String name, String addresses) {
        AddressPool.Builder pool = AddressPool.newBuilder();
        pool.getMetadataBuilder().setName(name);
        pool.getSpecBuilder().addAddresses(addresses);
        pools().create(CreateAddressPoolRequest.newBuilder().setObject(pool).build());
    }

    private Optional<Service> stored(String name) {
        return served.image().find(Service.class, Kinds.SERVICE.key("shop", name));
    }

    private String address(String name) {
        return stored(name)
                .filter(found -> found.getStatus().getLoadBalancer().getIngressCount() > 0)
                .map(found -> found.getStatus().getLoadBalancer().getIngress(0).getIp())
                .orElse("");
    }

    private static Optional<Condition> condition(Service service, String type) {
        return service.getStatus().getConditionsList().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    @Test
    void aServiceWaitsForAPoolHasAnAddressAndGivesItBack() throws Exception {
        create(balanced("web"));
        await(
                "it says that it waits",
                () ->
                        stored("web")
                                .flatMap(web -> condition(web, "LoadBalancerAddressAssigned"))
                                .filter(one -> one.getReason().equals("NoAddressPool"))
                                .isPresent());

        pool("lab", "192.0.2.16/32");
        await("it has the address", () -> address("web").equals("192.0.2.16"));
        create(balanced("next"));
        services().delete(DeleteRequest.newBuilder().setNamespace("shop").setName("web").build());

        await("the next one has it", () -> address("next").equals("192.0.2.16"));
    }

    @Test
    void aRestartChangesNoAddress() throws Exception {
        pool("lab", "192.0.2.16/28");
        create(balanced("a"));
        create(balanced("b"));
        await("both have one", () -> !address("a").isEmpty() && !address("b").isEmpty());
        Image before = served.image();

        close();
        open();
        Thread.sleep(300);

        assertThat(served.image().objects()).isEqualTo(before.objects());
    }

    @Test
    void theAnswerSaysThatNoNodeTakesTheExternalIpAndAnotherSettingThatOneDoes() throws Exception {
        Service.Builder asked = balanced("web");
        asked.getSpecBuilder().setType("ClusterIP").addExternalIps("192.0.2.7");

        Service answer = create(asked);

        assertThat(condition(answer, "ExternalIPsProgrammed").orElseThrow().getStatus())
                .isEqualTo("False");
        close();
        open(PortRange.DEFAULT, "192.0.2.0/24");
        await(
                "the condition is true",
                () ->
                        stored("web")
                                .flatMap(web -> condition(web, "ExternalIPsProgrammed"))
                                .filter(one -> one.getStatus().equals("True"))
                                .isPresent());
    }

    @Test
    void aNarrowedRangeTakesNoNodePortAndIsShown() throws Exception {
        Service.Builder asked = balanced("web");
        asked.getSpecBuilder().setType("NodePort").getPortsBuilder(0).setNodePort(32000);
        create(asked);

        close();
        open(PortRange.of("30000-31000"));
        await(
                "the condition is there",
                () -> stored("web").flatMap(web -> condition(web, "NodePortInRange")).isPresent());
        assertThat(stored("web").orElseThrow().getSpec().getPorts(0).getNodePort())
                .isEqualTo(32000);

        close();
        open();
        await(
                "the condition is gone",
                () -> stored("web").flatMap(web -> condition(web, "NodePortInRange")).isEmpty());
    }

    /** Whatever is refused or not there, as it happens in a random history. */
    private static void attempt(Runnable write) {
        try {
            write.run();
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode().toString())
                    .as(refused.toString())
                    .isIn("NOT_FOUND", "ALREADY_EXISTS", "INVALID_ARGUMENT");
        }
    }

    private void writeAtRandom(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 80; i++) {
            Service.Builder service = balanced("s" + random.nextInt(12));
            service.getMetadataBuilder().putAnnotations(Wish.SHARING, "k" + random.nextInt(2));
            service.getSpecBuilder().getPortsBuilder(0).setPort(80 + random.nextInt(3));
            switch (random.nextInt(8)) {
                case 0 ->
                        attempt(
                                () ->
                                        services()
                                                .delete(
                                                        DeleteRequest.newBuilder()
                                                                .setNamespace("shop")
                                                                .setName(
                                                                        service.getMetadata()
                                                                                .getName())
                                                                .build()));
                case 1 ->
                        attempt(
                                () ->
                                        pools().delete(
                                                        DeleteRequest.newBuilder()
                                                                .setName("p" + random.nextInt(2))
                                                                .build()));
                case 2, 3 -> {
                    int number = random.nextInt(2);
                    attempt(() -> pool("p" + number, "192.0.2.%d0/31".formatted(number + 1)));
                }
                case 4, 5 -> attempt(() -> create(service));
                default ->
                        attempt(
                                () ->
                                        services()
                                                .update(
                                                        UpdateServiceRequest.newBuilder()
                                                                .setObject(service)
                                                                .build()));
            }
        }
    }

    /** Who is where twice; empty when all is well. */
    private static List<String> conflicts(Image image) {
        Map<String, String> owners = new HashMap<>();
        List<String> conflicts = new ArrayList<>();
        for (Service found : image.all(Kinds.SERVICE, Service.class).toList()) {
            String name = found.getMetadata().getName();
            for (IpAddress address : Tenants.addresses(found)) {
                for (ServicePort port : found.getSpec().getPortsList()) {
                    String place = address + " " + port.getPort() + port.getProtocol();
                    String other = owners.put(place, name);
                    if (other != null) {
                        conflicts.add(name + " and " + other + " at " + place);
                    }
                }
            }
        }
        return conflicts;
    }

    private static boolean settled(Image image) {
        Tenants tenants =
                image.all(Kinds.SERVICE, Service.class)
                        .reduce(
                                Tenants.NONE,
                                (all, one) -> all.after(Optional.empty(), Optional.of(one)),
                                (left, right) -> right);
        return new Balancer()
                .derive(
                        Step.still(Image.empty("control")),
                        Step.start(image),
                        tenants,
                        Instant.now())
                .isEmpty();
    }

    @Test
    void noTwoServicesHaveOnePortAtOneAddressWhateverIsWrittenAtOnce() throws Exception {
        long seed = 11;
        AtomicBoolean done = new AtomicBoolean();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        Thread watch =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        seen.addAll(conflicts(served.image()));
                                        Thread.yield();
                                    }
                                });
        List<Thread> writers =
                IntStream.range(0, 4)
                        .mapToObj(i -> Thread.ofVirtual().start(() -> writeAtRandom(seed + i)))
                        .toList();
        for (Thread writer : writers) {
            assertThat(writer.join(Duration.ofSeconds(60))).as("a writer is done").isTrue();
        }
        pool("last", "198.51.100.0/24");
        await("all is given out", () -> settled(served.image()));
        done.set(true);

        assertThat(watch.join(Duration.ofSeconds(PATIENCE))).isTrue();
        assertThat(seen).as("conflicts, seed " + seed).isEmpty();
        assertThat(conflicts(served.image())).isEmpty();
        assertThat(served.image().all(Kinds.SERVICE, Service.class))
                .filteredOn(Wish::isOurs)
                .isNotEmpty()
                .allMatch(one -> one.getStatus().getLoadBalancer().getIngressCount() == 1);
    }
}
