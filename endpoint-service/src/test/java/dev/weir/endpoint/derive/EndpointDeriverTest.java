package dev.weir.endpoint.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class EndpointDeriverTest {
    private static final int STEPS = 80;
    private static final int NODES = 5;

    private final EndpointDeriver deriver = new EndpointDeriver();
    private Image control = Image.empty(Shards.CONTROL);
    private Image endpoint = Image.empty(Shards.ENDPOINT);

    private static Key pod(String app, int number) {
        return Kinds.POD.key("shop", "%s-%03d".formatted(app, number));
    }

    private static Key service(String name) {
        return Kinds.SERVICE.key("shop", name);
    }

    private static SortedMap<Key, Optional<Message>> write(Key key, Message value) {
        return new TreeMap<>(Map.of(key, Optional.of(value)));
    }

    private static SortedMap<Key, Optional<Message>> remove(Key key) {
        return new TreeMap<>(Map.of(key, Optional.empty()));
    }

    /** Writes to the control shard, derives, writes what follows. Answers what followed. */
    private SortedMap<Key, Optional<Message>> control(SortedMap<Key, Optional<Message>> writes) {
        Step step = Sample.step(control, writes);
        control = step.to();
        return follow(deriver.derive(step, Step.still(endpoint)));
    }

    private SortedMap<Key, Optional<Message>> endpoint(SortedMap<Key, Optional<Message>> writes) {
        Step step = Sample.step(endpoint, writes);
        endpoint = step.to();
        return follow(deriver.derive(Step.still(control), step));
    }

    private SortedMap<Key, Optional<Message>> follow(SortedMap<Key, Optional<Message>> changes) {
        Step own = Sample.step(endpoint, changes);
        endpoint = own.to();
        assertThat(deriver.derive(Step.still(control), own))
                .as("what was derived derives to nothing")
                .isEmpty();
        return changes;
    }

    @Test
    void aPodTouchesOnlyTheServicesThatSelectItOrDid() {
        endpoint(write(service("web"), Sample.service("web").build()));
        endpoint(write(service("db"), Sample.service("db").build()));
        control(write(pod("web", 1), Sample.pod("web", 1).build()));
        Pod relabelled =
                Sample.pod("web", 1)
                        .setMetadata(
                                Sample.pod("web", 1).getMetadata().toBuilder()
                                        .putLabels("app", "db"))
                        .build();

        var first = control(write(pod("db", 2), Sample.pod("db", 2).build()));
        var moved = control(write(pod("web", 1), relabelled));
        var still = control(write(pod("web", 1), relabelled));

        assertThat(services(first)).containsExactly("db");
        assertThat(services(moved)).containsExactlyInAnyOrder("web", "db");
        assertThat(still).isEmpty();
    }

    private static SortedMap<Key, Optional<Message>> node(String name, String zone, int number) {
        return write(
                Kinds.NODE.key("", name),
                Node.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setName(name)
                                        .putLabels("number", Integer.toString(number))
                                        .putLabels("topology.kubernetes.io/zone", zone))
                        .build());
    }

    private List<String> zones() {
        return all().stream()
                .flatMap(slice -> slice.getEndpointsList().stream())
                .map(Endpoint::getZone)
                .toList();
    }

    @Test
    void anEndpointIsInTheZoneOfItsNode() {
        endpoint(write(service("web"), Sample.service("web").build()));
        endpoint(write(service("db"), Sample.service("db").build()));
        control(node("node-1", "east", 1));
        control(write(pod("web", 1), Sample.pod("web", 1).build()));
        List<String> first = zones();

        var same = control(node("node-1", "east", 2));
        var other = control(node("node-2", "north", 1));
        var moved = control(node("node-1", "west", 2));
        List<String> second = zones();
        control(remove(Kinds.NODE.key("", "node-1")));

        assertThat(first).containsExactly("east");
        assertThat(same).as("a change of something else").isEmpty();
        assertThat(other).as("a node without pods").isEmpty();
        assertThat(services(moved)).containsExactly("web");
        assertThat(second).containsExactly("west");
        assertThat(zones()).containsExactly("");
    }

    @Test
    void aServiceThatGoesTakesItsSlicesAndOneThatReturnsGetsThemAgain() {
        control(write(pod("web", 1), Sample.pod("web", 1).build()));
        endpoint(write(service("web"), Sample.service("web").build()));

        endpoint(remove(service("web")));
        List<EndpointSlice> gone = all();
        endpoint(write(service("web"), Sample.service("web").build()));

        assertThat(gone).isEmpty();
        assertThat(all()).hasSize(1);
    }

    @Test
    void aSliceOfOursThatSomebodyChangedIsMended() {
        control(write(pod("web", 1), Sample.pod("web", 1).build()));
        endpoint(write(service("web"), Sample.service("web").build()));
        EndpointSlice slice = all().getFirst();
        Key key = Kinds.ENDPOINT_SLICE.key("shop", slice.getMetadata().getName());

        endpoint(remove(key));
        List<EndpointSlice> mended = all();
        endpoint(write(key, slice.toBuilder().clearEndpoints().build()));

        assertThat(mended).containsExactly(slice);
        assertThat(all()).containsExactly(slice);
    }

    @Test
    void aServiceWhoseNameBeginsAsAnotherKeepsItsOwnSlices() {
        endpoint(write(service("web"), Sample.service("web").build()));
        endpoint(write(service("web-admin"), Sample.service("web-admin").build()));

        endpoint(remove(service("web")));

        assertThat(all())
                .extracting(slice -> SliceLabels.service(slice).orElseThrow().name())
                .containsExactly("web-admin");
    }

    @RepeatedTest(20)
    void anyHistoryLeadsToTheEndpointsOfTheFinalState(RepetitionInfo repetition) {
        long seed = 4711 + repetition.getCurrentRepetition();
        Random random = new Random(seed);

        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> endpoint(randomService(random));
                case 2, 3 -> control(randomNode(random, i));
                default -> control(randomPod(random));
            }
        }

        Map<String, Set<Endpoint>> expected = new TreeMap<>();
        for (Service service : endpoint.all(Kinds.SERVICE, Service.class).toList()) {
            List<Pod> pods = control.all(Kinds.POD, Pod.class).toList();
            var afresh =
                    Sample.slices(
                            Slices.derive(
                                    service,
                                    pods,
                                    List.of(),
                                    Nodes.in(control),
                                    Slices.USUAL_ENDPOINTS));
            if (!afresh.isEmpty()) {
                expected.put(service.getMetadata().getName(), endpoints(afresh));
            }
        }
        Map<String, Set<Endpoint>> actual =
                all().stream()
                        .collect(
                                Collectors.groupingBy(
                                        slice -> SliceLabels.service(slice).orElseThrow().name(),
                                        TreeMap::new,
                                        Collectors.collectingAndThen(
                                                Collectors.toList(),
                                                EndpointDeriverTest::endpoints)));
        assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        assertThat(new EndpointDeriver().derive(Step.start(control), Step.start(endpoint)))
                .as("seed %d: a start from nothing finds all in place", seed)
                .isEmpty();
    }

    private static Set<Endpoint> endpoints(Collection<EndpointSlice> slices) {
        return slices.stream()
                .flatMap(slice -> slice.getEndpointsList().stream())
                .collect(Collectors.toSet());
    }

    private static SortedMap<Key, Optional<Message>> randomNode(Random random, int number) {
        String name = "node-" + random.nextInt(NODES);
        if (random.nextInt(5) == 0) {
            return remove(Kinds.NODE.key("", name));
        }
        var change = node(name, random.nextBoolean() ? "east" : "west", number);
        Node.Builder node = ((Node) change.firstEntry().getValue().orElseThrow()).toBuilder();
        if (random.nextInt(10) == 0) {
            node.getMetadataBuilder().removeLabels("topology.kubernetes.io/zone");
        }
        if (random.nextInt(3) == 0) {
            node.getStatusBuilder().putAllocatable("cpu", "" + (1 + random.nextInt(4)));
        }
        node.getStatusBuilder()
                .addConditions(
                        Condition.newBuilder()
                                .setType("Ready")
                                .setStatus(random.nextInt(4) == 0 ? "Unknown" : "True"));
        return write(change.firstKey(), node.build());
    }

    private static SortedMap<Key, Optional<Message>> randomPod(Random random) {
        String app = random.nextBoolean() ? "web" : "db";
        int number = random.nextInt(8);
        Pod.Builder pod = Sample.pod(app, number);
        if (random.nextInt(4) == 0) {
            return remove(pod(app, number));
        }
        pod.getSpecBuilder().setNodeName("node-" + random.nextInt(NODES));
        pod.getMetadataBuilder().putLabels("app", random.nextInt(5) == 0 ? "none" : app);
        return write(
                pod(app, number),
                (switch (random.nextInt(4)) {
                            case 0 -> Sample.notReady(pod);
                            case 1 -> Sample.terminating(pod);
                            case 2 -> Sample.phase(pod, "Succeeded");
                            default -> pod;
                        })
                        .build());
    }

    private static SortedMap<Key, Optional<Message>> randomService(Random random) {
        String name = random.nextBoolean() ? "web" : "db";
        Service.Builder service = Sample.service(name);
        if (random.nextInt(3) == 0) {
            service.getMetadataBuilder()
                    .putAnnotations("service.kubernetes.io/topology-mode", "Auto");
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                return remove(service(name));
            }
            case 1 -> service.getSpecBuilder().clearSelector();
            case 2 -> service.getSpecBuilder().addIpFamilies("IPv6");
            default -> service.getSpecBuilder().setPublishNotReadyAddresses(random.nextBoolean());
        }
        return write(service(name), service.build());
    }

    private List<EndpointSlice> all() {
        return endpoint.all(Kinds.ENDPOINT_SLICE, EndpointSlice.class).toList();
    }

    private static Set<String> services(Map<Key, Optional<Message>> changes) {
        return Sample.slices(changes).stream()
                .map(slice -> SliceLabels.service(slice).orElseThrow().name())
                .collect(Collectors.toSet());
    }
}
