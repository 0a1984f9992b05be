package dev.weir.endpoint.derive;

import static dev.weir.endpoint.derive.Sample.NOWHERE;
import static dev.weir.endpoint.derive.Sample.containerPort;
import static dev.weir.endpoint.derive.Sample.notReady;
import static dev.weir.endpoint.derive.Sample.phase;
import static dev.weir.endpoint.derive.Sample.pod;
import static dev.weir.endpoint.derive.Sample.port;
import static dev.weir.endpoint.derive.Sample.service;
import static dev.weir.endpoint.derive.Sample.target;
import static dev.weir.endpoint.derive.Sample.terminating;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What holds of a Service's slices after any history: of random Services, pods, and slices of
 * others.
 */
class SliceLawsTest {
    private static final int HISTORIES = 60;
    private static final int STEPS = 12;
    private static final List<State> STATES = new ArrayList<>();
    private static long seed;

    /**
     * One moment of a history.
     *
     * @param most how many endpoints went into a slice
     * @param before all slices of the namespace, and what they became
     */
    private record State(
            Service service,
            List<Pod> pods,
            int most,
            Map<String, EndpointSlice> before,
            Map<String, EndpointSlice> after) {

        List<EndpointSlice> ours() {
            return after.values().stream().filter(SliceLabels::ours).toList();
        }

        Stream<Pod> selected() {
            return pods.stream().filter(pod -> PodEndpoints.selects(service, pod));
        }

        /** The pods that have to be endpoints, and their address. */
        Map<String, String> expected(String family) {
            return selected()
                    .filter(pod -> !Set.of("Succeeded", "Failed").contains(phaseOf(pod)))
                    .filter(pod -> address(pod, family).isPresent())
                    .collect(
                            Collectors.toMap(
                                    pod -> pod.getMetadata().getName(),
                                    pod -> address(pod, family).orElseThrow()));
        }

        Pod pod(String name) {
            return pods.stream()
                    .filter(pod -> pod.getMetadata().getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        List<String> families() {
            return service.getSpec().getIpFamiliesList();
        }

        List<EndpointSlice> of(String family) {
            return ours().stream().filter(slice -> slice.getAddressType().equals(family)).toList();
        }
    }

    private static String phaseOf(Pod pod) {
        return pod.getStatus().getPhase();
    }

    private static Optional<String> address(Pod pod, String family) {
        return pod.getStatus().getPodIpsList().stream()
                .map(PodIp::getIp)
                .filter(ip -> IpAddress.of(ip).v6() == family.equals("IPv6"))
                .findFirst();
    }

    @BeforeAll
    static void live() {
        seed = System.nanoTime();
        Random random = new Random(seed);
        for (int history = 0; history < HISTORIES; history++) {
            int most = 1 + random.nextInt(5);
            Map<String, EndpointSlice> slices = new TreeMap<>(foreign(random));
            for (int step = 0; step < STEPS; step++) {
                Service service = randomService(random);
                List<Pod> pods = randomPods(random);
                Map<String, EndpointSlice> before = Map.copyOf(slices);
                apply(slices, Slices.derive(service, pods, before.values(), NOWHERE, most));
                STATES.add(new State(service, pods, most, before, new TreeMap<>(slices)));
            }
        }
    }

    private static void apply(
            Map<String, EndpointSlice> slices, Map<Key, Optional<Message>> changes) {
        changes.forEach(
                (key, change) ->
                        change.ifPresentOrElse(
                                slice -> slices.put(key.name(), (EndpointSlice) slice),
                                () -> slices.remove(key.name())));
    }

    /** Written by a user for this Service, and by a controller for another. */
    private static Map<String, EndpointSlice> foreign(Random random) {
        EndpointSlice.Builder byHand =
                EndpointSlice.newBuilder()
                        .setAddressType("IPv4")
                        .addEndpoints(Endpoint.newBuilder().addAddresses("192.0.2.1"));
        byHand.getMetadataBuilder()
                .setNamespace("shop")
                .setName("web-by-hand")
                .putLabels(SliceLabels.SERVICE_NAME, "web");
        if (random.nextBoolean()) {
            byHand.getMetadataBuilder().putLabels(SliceLabels.MANAGED_BY, "somebody");
        }
        EndpointSlice.Builder unlabelled = byHand.clone();
        unlabelled.getMetadataBuilder().setName("web-unlabelled").clearLabels();
        return Map.of("web-by-hand", byHand.build(), "web-unlabelled", unlabelled.build());
    }

    private static Service randomService(Random random) {
        Service.Builder service = service("web");
        service.getSpecBuilder()
                .clearIpFamilies()
                .addAllIpFamilies(
                        List.of(
                                        List.of("IPv4"),
                                        List.of("IPv6"),
                                        List.of("IPv4", "IPv6"),
                                        List.of("IPv6", "IPv4"))
                                .get(random.nextInt(4)))
                .setPublishNotReadyAddresses(random.nextInt(4) == 0);
        if (random.nextBoolean()) {
            service.getSpecBuilder().setPorts(0, port("http", 80, target("web")));
        }
        if (random.nextInt(4) == 0) {
            service.getSpecBuilder().addPorts(port("admin", 81, target(8081)));
        }
        return service.build();
    }

    private static List<Pod> randomPods(Random random) {
        List<Pod> pods = new ArrayList<>();
        for (int number = 0; number < 12; number++) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            Pod.Builder pod = pod(random.nextInt(6) == 0 ? "db" : "web", number);
            if (random.nextBoolean()) {
                containerPort(pod, "web", 8080 + random.nextInt(2), "TCP");
            }
            switch (random.nextInt(8)) {
                case 0 -> notReady(pod);
                case 1 -> terminating(pod);
                case 2 -> terminating(notReady(pod));
                case 3 -> phase(pod, random.nextBoolean() ? "Succeeded" : "Failed");
                case 4 -> pod.getStatusBuilder().removePodIps(random.nextInt(2));
                case 5 -> pod.getStatusBuilder().clearPodIps();
                default -> {}
            }
            pods.add(pod.build());
        }
        return pods;
    }

    private static void always(java.util.function.Consumer<State> law) {
        assertThat(STATES).hasSize(HISTORIES * STEPS);
        assertThat(STATES).as("seed " + seed).allSatisfy(law);
    }

    @Test
    void noSliceHoldsMoreThanItMay() {
        always(
                state ->
                        assertThat(state.ours())
                                .allMatch(slice -> slice.getEndpointsCount() <= state.most()));
    }

    @Test
    void everyAddressIsOfItsSlicesFamily() {
        always(
                state ->
                        assertThat(state.ours())
                                .allMatch(
                                        slice -> state.families().contains(slice.getAddressType()))
                                .allSatisfy(
                                        slice ->
                                                assertThat(slice.getEndpointsList())
                                                        .allMatch(
                                                                endpoint ->
                                                                        IpAddress.of(
                                                                                                endpoint
                                                                                                        .getAddresses(
                                                                                                                0))
                                                                                        .v6()
                                                                                == slice.getAddressType()
                                                                                        .equals(
                                                                                                "IPv6"))));
    }

    @Test
    void everyPodIsAnEndpointOnceInEachFamily() {
        always(
                state -> {
                    for (String family : state.families()) {
                        Map<String, String> found =
                                state.of(family).stream()
                                        .flatMap(slice -> slice.getEndpointsList().stream())
                                        .collect(
                                                Collectors.toMap(
                                                        endpoint ->
                                                                endpoint.getTargetRef().getName(),
                                                        endpoint -> endpoint.getAddresses(0)));
                        assertThat(found).isEqualTo(state.expected(family));
                    }
                });
    }

    @Test
    void aFamilyWithoutEndpointsHasOneEmptySliceAndNoOtherHasOne() {
        always(
                state -> {
                    for (String family : state.families()) {
                        long empty =
                                state.of(family).stream()
                                        .filter(slice -> slice.getEndpointsCount() == 0)
                                        .count();
                        assertThat(empty).isEqualTo(state.expected(family).isEmpty() ? 1 : 0);
                    }
                });
    }

    @Test
    void aSliceHasThePortsOfEachOfItsPods() {
        always(
                state -> {
                    for (EndpointSlice slice : state.ours()) {
                        List<Integer> numbers =
                                slice.getPortsList().stream().map(EndpointPort::getPort).toList();
                        assertThat(slice.getEndpointsList())
                                .allSatisfy(
                                        endpoint ->
                                                assertThat(numbers)
                                                        .containsExactlyInAnyOrderElementsOf(
                                                                numbers(state, endpoint)));
                    }
                });
    }

    private static List<Integer> numbers(State state, Endpoint endpoint) {
        Pod pod = state.pod(endpoint.getTargetRef().getName());
        return state.service().getSpec().getPortsList().stream()
                .flatMap(
                        port ->
                                port.getTargetPort().hasIntVal()
                                        ? Stream.of(port.getTargetPort().getIntVal())
                                        : pod.getSpec().getContainersList().stream()
                                                .map(c -> c.getPorts(0).getContainerPort()))
                .toList();
    }

    @Test
    void anEndpointIsReadyIfItServesAndStaysOrIsPublishedAnyway() {
        always(
                state -> {
                    for (EndpointSlice slice : state.ours()) {
                        for (Endpoint endpoint : slice.getEndpointsList()) {
                            Pod pod = state.pod(endpoint.getTargetRef().getName());
                            boolean serving =
                                    pod.getStatus().getConditions(0).getStatus().equals("True");
                            boolean terminating = pod.getMetadata().hasDeletionTimestamp();
                            assertThat(endpoint.getConditions().getServing()).isEqualTo(serving);
                            assertThat(endpoint.getConditions().getTerminating())
                                    .isEqualTo(terminating);
                            assertThat(endpoint.getConditions().getReady())
                                    .isEqualTo(
                                            state.service().getSpec().getPublishNotReadyAddresses()
                                                    || serving && !terminating);
                        }
                    }
                });
    }

    @Test
    void slicesOfOthersStayAsTheyAre() {
        always(
                state -> {
                    for (String name : List.of("web-by-hand", "web-unlabelled")) {
                        assertThat(state.after().get(name)).isEqualTo(state.before().get(name));
                    }
                });
    }

    @Test
    void whatIsDerivedDerivesToNoChange() {
        always(
                state ->
                        assertThat(
                                        Slices.derive(
                                                state.service(),
                                                state.pods(),
                                                state.after().values(),
                                                NOWHERE,
                                                state.most()))
                                .isEmpty());
    }

    @Test
    void anEndpointStaysWhereItIsWhileItsPortsDo() {
        always(
                state ->
                        state.before().values().stream()
                                .filter(SliceLabels::ours)
                                .filter(slice -> state.families().contains(slice.getAddressType()))
                                .forEach(slice -> assertThat(moved(state, slice)).isEmpty()));
    }

    /** Pods that were in this slice, have its ports still, and are in another now. */
    private static List<String> moved(State state, EndpointSlice slice) {
        EndpointSlice now =
                state.after()
                        .getOrDefault(
                                slice.getMetadata().getName(), EndpointSlice.getDefaultInstance());
        Set<String> here = names(now);
        return names(slice).stream()
                .filter(name -> state.expected(slice.getAddressType()).containsKey(name))
                .filter(
                        name ->
                                PodEndpoints.ports(state.service(), state.pod(name))
                                        .equals(slice.getPortsList()))
                .filter(name -> !here.contains(name))
                .toList();
    }

    private static Set<String> names(EndpointSlice slice) {
        return slice.getEndpointsList().stream()
                .map(endpoint -> endpoint.getTargetRef().getName())
                .collect(Collectors.toSet());
    }

    @Test
    void aSliceThatHoldsMoreThanNewOnesMayKeepsThem() {
        List<Pod> pods = Stream.of(1, 2, 3).map(number -> pod("web", number).build()).toList();
        Collection<EndpointSlice> wide =
                Sample.slices(Slices.derive(service("web").build(), pods, List.of(), NOWHERE, 3));

        assertThat(Slices.derive(service("web").build(), pods, wide, NOWHERE, 2)).isEmpty();
    }
}
