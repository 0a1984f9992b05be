package dev.weir.endpoint.derive;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
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

class DrainingTest {
    private static final int NODES = 6;

    private final EndpointDeriver deriver = new EndpointDeriver();
    private Image control = Image.empty(Shards.CONTROL);
    private Image endpoint = Image.empty(Shards.ENDPOINT);

    /** Writes to the control shard and derives; answers the Services whose slices changed. */
    private Set<String> control(Key key, Message value) {
        Step step = Sample.step(control, changes(key, value));
        control = step.to();
        return follow(deriver.derive(step, Step.still(endpoint)));
    }

    private void endpoint(Key key, Message value) {
        Step step = Sample.step(endpoint, changes(key, value));
        endpoint = step.to();
        follow(deriver.derive(Step.still(control), step));
    }

    private Set<String> follow(SortedMap<Key, Optional<Message>> changes) {
        endpoint = Sample.step(endpoint, changes).to();
        return Sample.slices(changes).stream()
                .map(slice -> SliceLabels.service(slice).orElseThrow().name())
                .collect(Collectors.toSet());
    }

    private static SortedMap<Key, Optional<Message>> changes(Key key, Message value) {
        return new TreeMap<>(Map.of(key, Optional.of(value)));
    }

    private Set<String> node(int number, String ready) {
        String name = "node-" + number;
        return control(
                Kinds.NODE.key("", name),
                Node.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setName(name)
                                        .putLabels(Zones.LABEL, "zone-" + number % 2))
                        .setStatus(
                                NodeStatus.newBuilder()
                                        .addConditions(
                                                Condition.newBuilder()
                                                        .setType("Ready")
                                                        .setStatus(ready)))
                        .build());
    }

    private void pod(String app, int number, int node) {
        Pod.Builder pod = Sample.pod(app, number);
        pod.getSpecBuilder().setNodeName("node-" + node);
        put(pod);
    }

    private void put(Pod.Builder pod) {
        control(Kinds.POD.key("shop", pod.getMetadata().getName()), pod.build());
    }

    private void service(Service.Builder service) {
        endpoint(Kinds.SERVICE.key("shop", service.getMetadata().getName()), service.build());
    }

    private void nodes() {
        for (int i = 1; i <= NODES; i++) {
            node(i, "True");
        }
    }

    /** "address of a node's pod: conditions", of one family. */
    private Map<String, String> conditions(String service, String family) {
        Map<String, String> conditions = new TreeMap<>();
        endpoint.all(Kinds.ENDPOINT_SLICE, EndpointSlice.class)
                .filter(s -> SliceLabels.service(s).orElseThrow().name().equals(service))
                .filter(s -> s.getAddressType().equals(family))
                .flatMap(s -> s.getEndpointsList().stream())
                .forEach(e -> conditions.put(e.getNodeName(), shown(e.getConditions())));
        return conditions;
    }

    private static String shown(EndpointConditions conditions) {
        return (conditions.getReady() ? "ready " : "")
                + (conditions.getServing() ? "serving " : "")
                + (conditions.getTerminating() ? "terminating" : "");
    }

    @Test
    void endpointsOfASilentNodeServeNoMoreUntilItIsBack() {
        nodes();
        service(Sample.service("web"));
        service(Sample.service("db"));
        pod("web", 1, 1);
        pod("web", 2, 2);
        pod("db", 3, 3);

        Set<String> gone = node(1, "Unknown");
        Map<String, String> drained = conditions("web", "IPv4");
        Set<String> again = node(1, "Unknown");
        Set<String> back = node(1, "True");

        assertThat(gone).containsExactly("web");
        assertThat(drained).isEqualTo(Map.of("node-1", "", "node-2", "ready serving "));
        assertThat(again).isEmpty();
        assertThat(back).containsExactly("web");
        assertThat(conditions("web", "IPv4"))
                .isEqualTo(Map.of("node-1", "ready serving ", "node-2", "ready serving "));
    }

    @Test
    void noneIsDrainedWhileMoreThanAThirdIsSilent() {
        nodes();
        service(Sample.service("web"));
        for (int i = 1; i <= 4; i++) {
            pod("web", i, i);
        }
        node(1, "Unknown");
        node(2, "Unknown");
        Map<String, String> third = conditions("web", "IPv4");

        node(5, "Unknown");
        Map<String, String> more = conditions("web", "IPv4");
        node(5, "True");

        assertThat(third).containsEntry("node-1", "").containsEntry("node-2", "");
        assertThat(more.values()).containsOnly("ready serving ");
        assertThat(conditions("web", "IPv4")).isEqualTo(third);
    }

    @Test
    void theLastUsableOnesOfAFamilyStay() {
        nodes();
        Service.Builder both = Sample.service("web");
        both.getSpecBuilder().addIpFamilies("IPv6");
        service(both);
        pod("web", 1, 1);
        Pod.Builder onlyV4 = Sample.pod("web", 2);
        onlyV4.getStatusBuilder().removePodIps(1);
        onlyV4.getSpecBuilder().setNodeName("node-2");
        put(onlyV4);
        Pod.Builder notReady = Sample.notReady(Sample.pod("web", 3));
        notReady.getSpecBuilder().setNodeName("node-3");
        put(notReady);

        node(1, "Unknown");

        assertThat(conditions("web", "IPv4")).containsEntry("node-1", "");
        assertThat(conditions("web", "IPv6"))
                .isEqualTo(Map.of("node-1", "ready serving ", "node-3", ""));
    }

    @Test
    void whatPublishesNotReadyAddressesKeepsThem() {
        nodes();
        Service.Builder published = Sample.service("web");
        published.getSpecBuilder().setPublishNotReadyAddresses(true);
        service(published);
        pod("web", 1, 1);
        pod("web", 2, 2);

        node(1, "Unknown");

        assertThat(conditions("web", "IPv4"))
                .isEqualTo(Map.of("node-1", "ready ", "node-2", "ready serving "));
    }

    @Test
    void zonesShareByTheNodesThatAreHeardOf() {
        nodes();
        Service.Builder auto = Sample.service("web");
        auto.getMetadataBuilder().putAnnotations("service.kubernetes.io/topology-mode", "Auto");
        service(auto);
        service(Sample.service("db"));
        pod("web", 1, 1);
        pod("web", 2, 1);
        pod("web", 3, 2);
        pod("web", 4, 4);
        pod("db", 5, 5);
        List<String> even = hints();

        node(5, "Unknown");
        Set<String> touched = node(3, "Unknown");
        List<String> uneven = hints();
        control(
                Kinds.NODE.key("", "node-6"),
                Node.newBuilder().setMetadata(ObjectMeta.newBuilder().setName("node-6")).build());

        assertThat(even).containsExactly("zone-0", "zone-0", "zone-1", "zone-1");
        assertThat(touched).containsExactly("web");
        assertThat(uneven)
                .as("3 nodes to 1")
                .containsExactly("zone-0", "zone-0", "zone-0", "zone-1");
        assertThat(hints()).as("a node in no zone").isEmpty();
    }

    private List<String> hints() {
        return endpoint.all(Kinds.ENDPOINT_SLICE, EndpointSlice.class)
                .flatMap(slice -> slice.getEndpointsList().stream())
                .flatMap(e -> e.getHints().getForZonesList().stream())
                .map(zone -> zone.getName())
                .sorted()
                .toList();
    }

    @RepeatedTest(100)
    void drainingTakesAllOrNoneAndNeverTheLast(RepetitionInfo repetition) {
        long seed = 77 + repetition.getCurrentRepetition();
        Random random = new Random(seed);
        TreeMap<String, Endpoint> endpoints = new TreeMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            boolean serving = random.nextBoolean();
            boolean terminating = random.nextInt(3) == 0;
            endpoints.put(
                    "pod-" + i,
                    Endpoint.newBuilder()
                            .setNodeName("node-" + random.nextInt(4))
                            .setConditions(
                                    EndpointConditions.newBuilder()
                                            .setReady(serving && !terminating)
                                            .setServing(serving)
                                            .setTerminating(terminating))
                            .build());
        }
        Set<String> drained = Set.of("node-" + random.nextInt(4), "none");

        SortedMap<String, Endpoint> after = Draining.of(endpoints, false, drained);

        assertThat(usable(after)).as("seed %d", seed).isSubsetOf(usable(endpoints));
        assertThat(usable(after).isEmpty())
                .as("seed %d: %s", seed, endpoints)
                .isEqualTo(usable(endpoints).isEmpty());
        boolean left = usable(endpoints).stream().anyMatch(pod -> !on(endpoints, pod, drained));
        assertThat(after.keySet()).isEqualTo(endpoints.keySet());
        after.forEach(
                (pod, endpoint) -> {
                    if (!left || !on(endpoints, pod, drained)) {
                        assertThat(
                                        usable(endpoints).isEmpty()
                                                || endpoint.equals(endpoints.get(pod)))
                                .as("seed %d: %s", seed, pod)
                                .isTrue();
                    } else {
                        assertThat(endpoint.getConditions().getServing()).isFalse();
                        assertThat(endpoint.getConditions().getReady()).isFalse();
                    }
                });
    }

    private static boolean on(Map<String, Endpoint> endpoints, String pod, Set<String> nodes) {
        return Optional.ofNullable(endpoints.get(pod))
                .filter(endpoint -> nodes.contains(endpoint.getNodeName()))
                .isPresent();
    }

    /** Ready ones; else those that terminate and still serve. */
    private static Set<String> usable(Map<String, Endpoint> endpoints) {
        Set<String> ready =
                endpoints.entrySet().stream()
                        .filter(e -> e.getValue().getConditions().getReady())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        return !ready.isEmpty()
                ? ready
                : endpoints.entrySet().stream()
                        .filter(e -> e.getValue().getConditions().getServing())
                        .filter(e -> e.getValue().getConditions().getTerminating())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
    }
}
