package dev.weir.endpoint;

import static dev.weir.endpoint.Wire.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Image;
import dev.weir.core.v1.DeleteRequest;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.endpoint.derive.Slices;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.AddressPoolSpec;
import dev.weir.net.v1.AddressPoolsGrpc;
import dev.weir.net.v1.CreateAddressPoolRequest;
import dev.weir.net.v1.CreateServiceCidrRequest;
import dev.weir.net.v1.CreateServiceRequest;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.net.v1.ServiceCidrSpec;
import dev.weir.net.v1.ServiceCidrsGrpc;
import dev.weir.net.v1.ServicesGrpc;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ranges of cluster IPs over gRPC, on logs in memory. */
class ServiceCidrsTest {
    /** So few that 12 Services fill it: DNS has the 13th. */
    private static final String OWN = "10.96.0.0/28";

    private static final Cidr MORE = Cidr.of("10.97.0.0/24");

    private final ServedEndpoints.Disks disks = new ServedEndpoints.Disks();
    private ServedEndpoints served;

    @BeforeEach
    void open() throws IOException {
        open(OWN);
    }

    private void open(String... cidrs) throws IOException {
        served =
                new ServedEndpoints(
                        disks,
                        new EndpointSettings(
                                List.of(cidrs).stream().map(Cidr::of).toList(),
                                List.of(Cidr.of("10.244.0.0/16")),
                                PortRange.DEFAULT,
                                List.of(),
                                Slices.USUAL_ENDPOINTS));
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private ServicesGrpc.ServicesBlockingStub services() {
        return served.stub(ServicesGrpc::newBlockingStub);
    }

    private ServiceCidrsGrpc.ServiceCidrsBlockingStub ranges() {
        return served.stub(ServiceCidrsGrpc::newBlockingStub);
    }

    private String create(String name, String address) {
        Service.Builder asked = Service.newBuilder();
        asked.getMetadataBuilder().setNamespace("shop").setName(name);
        asked.getSpecBuilder().setClusterIp(address).addPortsBuilder().setPort(80);
        return services()
                .create(CreateServiceRequest.newBuilder().setObject(asked).build())
                .getObject()
                .getSpec()
                .getClusterIp();
    }

    private void remove(String name) {
        services().delete(DeleteRequest.newBuilder().setNamespace("shop").setName(name).build());
    }

    private void add(String name, String... cidrs) {
        ranges().create(
                        CreateServiceCidrRequest.newBuilder()
                                .setObject(
                                        ServiceCidr.newBuilder()
                                                .setMetadata(ObjectMeta.newBuilder().setName(name))
                                                .setSpec(
                                                        ServiceCidrSpec.newBuilder()
                                                                .addAllCidrs(List.of(cidrs))))
                                .build());
    }

    private void delete(String name) {
        ranges().delete(DeleteRequest.newBuilder().setName(name).build());
    }

    private Optional<ServiceCidr> stored(String name) {
        return served.image().find(ServiceCidr.class, Kinds.SERVICE_CIDR.key("", name));
    }

    private static String refusal(Runnable call) {
        return String.valueOf(
                catchThrowableOfType(StatusRuntimeException.class, call::run)
                        .getStatus()
                        .getDescription());
    }

    @Test
    void theRangesOfTheSettingsAreThereAndFollowThem() throws Exception {
        assertThat(stored("kubernetes").orElseThrow().getSpec().getCidrsList())
                .containsExactly(OWN);
        assertThat(refusal(() -> delete("kubernetes"))).contains("is forbidden");

        close();
        open("10.98.0.0/16", "fd00:98::/112");

        assertThat(stored("kubernetes").orElseThrow().getSpec().getCidrsList())
                .containsExactly("10.98.0.0/16", "fd00:98::/112");
        assertThat(stored("kubernetes").orElseThrow().getMetadata().getGeneration()).isEqualTo(2);
        assertThat(create("web", "")).startsWith("10.98.");
    }

    @Test
    void anotherRangeIsUsedWhenTheFirstIsFullOrWhenItIsAskedFor() {
        assertThat(refusal(() -> create("early", "10.97.0.20")))
                .contains("The range of valid IPs is 10.96.0.0/28");
        for (int i = 0; i < 13; i++) {
            assertThat(create("s" + i, "")).startsWith("10.96.0.");
        }
        assertThat(refusal(() -> create("late", ""))).contains("range is full");

        add("more", MORE.toString());

        assertThat(MORE.contains(IpAddress.of(create("late", "")))).isTrue();
        assertThat(create("asked", "10.97.0.20")).isEqualTo("10.97.0.20");
        assertThat(refusal(() -> create("again", "10.97.0.20"))).contains("already allocated");
        assertThat(refusal(() -> create("out", "10.99.0.1")))
                .contains("The range of valid IPs is 10.96.0.0/28, 10.97.0.0/24");
        remove("s3");
        assertThat(create("first", "")).as("the first has room").startsWith("10.96.0.");
    }

    @Test
    void itGoesWhenNoServiceNeedsItAndGivesNothingMeanwhile() throws Exception {
        add("more", MORE.toString());
        create("web", "10.97.0.20");

        delete("more");
        Thread.sleep(200);

        ServiceCidr closing = stored("more").orElseThrow();
        assertThat(closing.getMetadata().hasDeletionTimestamp()).isTrue();
        assertThat(closing.getStatus().getConditions(0).getReason()).isEqualTo("Terminating");
        assertThat(refusal(() -> create("next", "10.97.0.21")))
                .contains("The range of valid IPs is 10.96.0.0/28");
        assertThat(
                        served.image()
                                .find(Service.class, Kinds.SERVICE.key("shop", "web"))
                                .orElseThrow()
                                .getStatus()
                                .getConditionsList())
                .as("the address is in a range that is there")
                .isEmpty();

        remove("web");
        await("it is gone", () -> stored("more").isEmpty());
    }

    @Test
    void whatNobodyUsesGoesAtOnceAndAnotherOneMayHaveTheAddress() throws Exception {
        add("more", MORE.toString());
        add("inner", "10.97.0.16/28");
        create("web", "10.97.0.20");

        delete("inner");
        await("the outer one has the address", () -> stored("inner").isEmpty());
        add("inner", "10.97.0.16/28");
        delete("more");
        await("the inner one has the address", () -> stored("more").isEmpty());
        delete("inner");
        Thread.sleep(200);
        assertThat(stored("inner")).isPresent();
    }

    @Test
    void aRestartGoesOnWhereItWas() throws Exception {
        add("more", MORE.toString());
        create("web", "10.97.0.20");
        Image before = served.image();

        close();
        open();
        Thread.sleep(300);
        assertThat(served.image().objects()).isEqualTo(before.objects());
        assertThat(refusal(() -> create("again", "10.97.0.20"))).contains("already allocated");

        delete("more");
        close();
        open();
        Thread.sleep(200);
        assertThat(stored("more")).isPresent();
        remove("web");
        await("it is gone", () -> stored("more").isEmpty());
    }

    @Test
    void poolsAndRangesDoNotOverlap() {
        add("more", MORE.toString());
        CreateAddressPoolRequest.Builder pool =
                CreateAddressPoolRequest.newBuilder()
                        .setObject(
                                AddressPool.newBuilder()
                                        .setMetadata(ObjectMeta.newBuilder().setName("lab"))
                                        .setSpec(
                                                AddressPoolSpec.newBuilder()
                                                        .addAddresses("10.97.0.64/28")));

        assertThat(
                        refusal(
                                () ->
                                        served.stub(AddressPoolsGrpc::newBlockingStub)
                                                .create(pool.build())))
                .contains("must not overlap the range 10.97.0.0/24");
    }
}
