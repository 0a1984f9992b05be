package dev.weir.endpoint.derive;

import static dev.weir.endpoint.derive.Sample.containerPort;
import static dev.weir.endpoint.derive.Sample.notReady;
import static dev.weir.endpoint.derive.Sample.phase;
import static dev.weir.endpoint.derive.Sample.pod;
import static dev.weir.endpoint.derive.Sample.port;
import static dev.weir.endpoint.derive.Sample.service;
import static dev.weir.endpoint.derive.Sample.slices;
import static dev.weir.endpoint.derive.Sample.target;
import static dev.weir.endpoint.derive.Sample.terminating;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.weir.core.v1.Pod;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlicesTest {

    private static Collection<EndpointSlice> derive(Service.Builder service, Pod.Builder... pods) {
        return slices(
                Sample.derive(
                        service.build(),
                        Arrays.stream(pods).map(Pod.Builder::build).toList(),
                        List.of()));
    }

    private static EndpointSlice only(Collection<EndpointSlice> slices) {
        assertThat(slices).hasSize(1);
        return slices.iterator().next();
    }

    private static EndpointConditions conditions(
            boolean ready, boolean serving, boolean terminating) {
        return EndpointConditions.newBuilder()
                .setReady(ready)
                .setServing(serving)
                .setTerminating(terminating)
                .build();
    }

    @Test
    void aPodIsAnEndpointWithAllThatOthersNeed() {
        Pod.Builder web = pod("web", 1);
        web.getSpecBuilder().setHostname("first").setSubdomain("web");

        EndpointSlice slice = only(derive(service("web"), web, pod("db", 2)));

        assertThat(slice.getMetadata().getName()).matches("web-[0-9a-z]+");
        assertThat(slice.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(slice.getMetadata().getLabelsMap())
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry(
                        "endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
                .doesNotContainKey("service.kubernetes.io/headless");
        assertThat(slice.getAddressType()).isEqualTo("IPv4");
        assertThat(slice.getPortsList())
                .containsExactly(
                        EndpointPort.newBuilder()
                                .setName("http")
                                .setProtocol("TCP")
                                .setPort(8080)
                                .build());
        Endpoint endpoint = slice.getEndpoints(0);
        assertThat(slice.getEndpointsList()).hasSize(1);
        assertThat(endpoint.getAddressesList()).containsExactly("10.244.0.1");
        assertThat(endpoint.getConditions()).isEqualTo(conditions(true, true, false));
        assertThat(endpoint.getHostname()).isEqualTo("first");
        assertThat(endpoint.getNodeName()).isEqualTo("node-1");
        assertThat(endpoint.getTargetRef().getKind()).isEqualTo("Pod");
        assertThat(endpoint.getTargetRef().getName()).isEqualTo("web-001");
        assertThat(endpoint.getTargetRef().getUid()).isEqualTo("uid-web-1");
    }

    @Test
    void aHostnameCountsOnlyUnderTheServiceThatIsTheSubdomain() {
        Pod.Builder web = pod("web", 1);
        web.getSpecBuilder().setHostname("first").setSubdomain("other");

        EndpointSlice slice = only(derive(service("web"), web));

        assertThat(slice.getEndpoints(0).hasHostname()).isFalse();
    }

    /** trafficDistribution | the zone | hints */
    @ParameterizedTest
    @CsvSource({
        "PreferClose, east, zone east",
        "PreferSameZone, east, zone east",
        "PreferSameZone, , ''",
        "PreferSameNode, east, zone east node node-1",
        "PreferSameNode, , node node-1",
        "'', east, ''",
    })
    void aServiceMayWishToStayClose(String distribution, @Nullable String zone, String expected) {
        Service.Builder service = service("web");
        if (!distribution.isEmpty()) {
            service.getSpecBuilder().setTrafficDistribution(distribution);
        }

        EndpointSlice slice =
                only(
                        slices(
                                Slices.derive(
                                        service.build(),
                                        List.of(pod("web", 1).build()),
                                        List.of(),
                                        inZone(zone),
                                        Slices.USUAL_ENDPOINTS)));

        var hints = slice.getEndpoints(0).getHints();
        assertThat(slice.getEndpoints(0).hasHints()).isEqualTo(!expected.isEmpty());
        assertThat(
                        Stream.concat(
                                        hints.getForZonesList().stream()
                                                .map(z -> "zone " + z.getName()),
                                        hints.getForNodesList().stream()
                                                .map(n -> "node " + n.getName()))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    private static Nodes inZone(@Nullable String zone) {
        return new Nodes(node -> Optional.ofNullable(zone), Silence.NONE, new TreeMap<>());
    }

    @Test
    void bothFamiliesHaveSlicesOfTheirOwn() {
        Service.Builder service = service("web");
        service.getSpecBuilder().addIpFamilies("IPv6");

        Collection<EndpointSlice> slices = derive(service, pod("web", 1));

        assertThat(slices)
                .extracting(
                        EndpointSlice::getAddressType,
                        slice -> slice.getEndpoints(0).getAddresses(0))
                .containsExactlyInAnyOrder(tuple("IPv4", "10.244.0.1"), tuple("IPv6", "fd00::2"));
    }

    @Test
    void readinessTerminationAndPhaseShow() {
        Service.Builder publishing = service("web");
        publishing.getSpecBuilder().setPublishNotReadyAddresses(true);
        Pod.Builder[] pods = {
            pod("web", 1),
            notReady(pod("web", 2)),
            terminating(pod("web", 3)),
            phase(pod("web", 4), "Succeeded"),
            phase(pod("web", 5), "Failed"),
            phase(notReady(pod("web", 6)), "Pending")
        };

        EndpointSlice plain = only(derive(service("web"), pods));
        EndpointSlice published = only(derive(publishing, pods));

        assertThat(plain.getEndpointsList())
                .extracting(Endpoint::getConditions)
                .containsExactly(
                        conditions(true, true, false),
                        conditions(false, false, false),
                        conditions(false, true, true),
                        conditions(false, false, false));
        assertThat(published.getEndpointsList())
                .extracting(Endpoint::getConditions)
                .containsExactly(
                        conditions(true, true, false),
                        conditions(true, false, false),
                        conditions(true, true, true),
                        conditions(true, false, false));
    }

    @Test
    void namedTargetPortsPartThePodsByTheirNumbers() {
        Service.Builder service = service("web");
        service.getSpecBuilder().setPorts(0, port("http", 80, target("web")));

        Collection<EndpointSlice> slices =
                derive(
                        service,
                        containerPort(pod("web", 1), "web", 8080, "TCP"),
                        containerPort(pod("web", 2), "web", 9090, "TCP"),
                        containerPort(pod("web", 3), "web", 9090, ""),
                        containerPort(pod("web", 4), "web", 9090, "UDP"));

        assertThat(slices)
                .extracting(
                        slice -> slice.getPortsList().stream().map(EndpointPort::getPort).toList(),
                        EndpointSlice::getEndpointsCount)
                .containsExactlyInAnyOrder(
                        tuple(List.of(8080), 1), tuple(List.of(9090), 2), tuple(List.of(), 1));
    }

    @Test
    void anUnsetTargetPortIsThePortItself() {
        Service.Builder service = service("web");
        service.getSpecBuilder().getPortsBuilder(0).clearTargetPort();

        EndpointSlice slice = only(derive(service, pod("web", 1)));

        assertThat(slice.getPorts(0).getPort()).isEqualTo(80);
    }

    @Test
    void withoutEndpointsThereIsAPlaceholder() {
        EndpointSlice slice = only(derive(service("web")));

        assertThat(slice.getEndpointsCount()).isZero();
        assertThat(slice.getAddressType()).isEqualTo("IPv4");
    }

    @Test
    void theServiceLabelsAndTheHeadlessOneAreOnTheSlice() {
        Service.Builder service = service("web");
        service.getMetadataBuilder()
                .putLabels("team", "a")
                .putLabels("service.kubernetes.io/service-proxy-name", "other");
        service.getSpecBuilder().setClusterIp("None").clearClusterIps().addClusterIps("None");

        EndpointSlice slice = only(derive(service, pod("web", 1)));

        assertThat(slice.getMetadata().getLabelsMap())
                .containsEntry("team", "a")
                .containsEntry("service.kubernetes.io/service-proxy-name", "other")
                .containsEntry("service.kubernetes.io/headless", "");
    }

    @Test
    void withoutASelectorThereIsNothingAndWhatWasOursGoes() {
        Service.Builder selectorless = service("web");
        selectorless.getSpecBuilder().clearSelector();
        Service.Builder external = service("web");
        external.getSpecBuilder().setType("ExternalName");
        Collection<EndpointSlice> before = derive(service("web"), pod("web", 1));
        Pod pod = pod("web", 1).build();

        assertThat(Sample.derive(selectorless.build(), List.of(pod), List.of())).isEmpty();
        assertThat(Sample.derive(external.build(), List.of(pod), List.of())).isEmpty();
        assertThat(Sample.derive(selectorless.build(), List.of(pod), before).values())
                .hasSize(1)
                .allMatch(Optional::isEmpty);
    }

    @Test
    void slicesOfOtherWritersAndServicesStay() {
        EndpointSlice foreign =
                EndpointSlice.newBuilder()
                        .setMetadata(
                                only(derive(service("web"))).getMetadata().toBuilder()
                                        .setName("web-by-hand")
                                        .putLabels("endpointslice.kubernetes.io/managed-by", "me"))
                        .build();
        EndpointSlice other = only(derive(service("db")));

        var changes = Sample.derive(service("web").build(), List.of(), List.of(foreign, other));

        assertThat(changes.keySet())
                .hasSize(1)
                .noneMatch(key -> key.name().equals("web-by-hand"))
                .noneMatch(key -> key.name().startsWith("db-"));
    }

    @Test
    void whatIsThereAlreadyIsNoChangeWhateverItsRevision() {
        EndpointSlice slice = only(derive(service("web"), pod("web", 1)));
        EndpointSlice stored =
                slice.toBuilder()
                        .setMetadata(
                                slice.getMetadata().toBuilder()
                                        .setUid("u")
                                        .setResourceVersion("17")
                                        .setGeneration(3))
                        .build();

        var changes =
                Sample.derive(
                        service("web").build(), List.of(pod("web", 1).build()), List.of(stored));

        assertThat(changes).isEmpty();
    }

    @Test
    void aServiceThatIsGoneTakesItsSlicesAlong() {
        Collection<EndpointSlice> existing = derive(service("web"), pod("web", 1));

        var changes = Slices.remove(Kinds.SERVICE.key("shop", "web"), existing);

        assertThat(changes).hasSize(1);
        assertThat(changes.values()).allMatch(Optional::isEmpty);
    }
}
