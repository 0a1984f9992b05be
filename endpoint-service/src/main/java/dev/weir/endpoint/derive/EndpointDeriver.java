package dev.weir.endpoint.derive;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Index;
import dev.weir.changes.Step;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which Services a step touches, and what becomes of their slices.
 *
 * <p>The result depends on the steps only: a touched Service is derived anew from the images, and a
 * step may be derived again. What is kept is an index, so that a step costs the objects it names
 * and the endpoints of the Services it touches. For one caller at a time.
 */
public final class EndpointDeriver {
    /** By each of their labels. */
    private final Index<Pod> pods =
            new Index<>(
                    Kinds.POD,
                    Pod.class,
                    pod ->
                            terms(
                                            pod.getMetadata().getNamespace(),
                                            pod.getMetadata().getLabelsMap())
                                    .toList());

    /** By one pair of their selector, which every pod that they select has. */
    private final Index<Service> services =
            new Index<>(
                    Kinds.SERVICE,
                    Service.class,
                    service ->
                            terms(
                                            service.getMetadata().getNamespace(),
                                            service.getSpec().getSelectorMap())
                                    .limit(1)
                                    .toList());

    /** By the node that they run on. */
    private final Index<Pod> placed =
            new Index<>(
                    Kinds.POD,
                    Pod.class,
                    pod ->
                            Stream.of(pod.getSpec().getNodeName())
                                    .filter(node -> !node.isEmpty())
                                    .toList());

    /** Those whose zones get endpoints in proportion. */
    private final Index<Service> proportional =
            new Index<>(
                    Kinds.SERVICE,
                    Service.class,
                    service -> Hints.proportional(service) ? List.of(PROPORTIONAL) : List.of());

    private static final String PROPORTIONAL = "proportional";

    private final int endpointsPerSlice;

    /** What the nodes come to in this image; kept because it costs their number. */
    private record At(Image control, Nodes nodes) {}

    private At last = new At(Image.empty(Shards.CONTROL), Nodes.NONE);

    /** With the usual number of endpoints in a slice. */
    public EndpointDeriver() {
        this(Slices.USUAL_ENDPOINTS);
    }

    /**
     * @param endpointsPerSlice how many endpoints go into one slice at most
     */
    public EndpointDeriver(int endpointsPerSlice) {
        this.endpointsPerSlice = endpointsPerSlice;
    }

    private static Stream<String> terms(String namespace, Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(pair -> namespace + "/" + pair.getKey() + "=" + pair.getValue());
    }

    /**
     * The EndpointSlices to write in the endpoint shard, an empty value for one to remove.
     *
     * @param control of the pods and nodes; {@link Step#still} when it did not move
     * @param endpoint of the Services and slices; what this writes comes back here and derives to
     *     nothing
     */
    public SortedMap<Key, Optional<Message>> derive(Step control, Step endpoint) {
        pods.follow(control);
        placed.follow(control);
        services.follow(endpoint);
        proportional.follow(endpoint);
        Nodes before = nodes(control.from());
        Nodes after = nodes(control, before);
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        touched(control, before, after, endpoint)
                .forEach(
                        service ->
                                changes.putAll(
                                        derive(service, control.to(), after, endpoint.to())));
        return changes;
    }

    private Nodes nodes(Image control) {
        return last.control() == control ? last.nodes() : Nodes.in(control);
    }

    private Nodes nodes(Step control, Nodes before) {
        Nodes after =
                control.keys(Kinds.NODE).findAny().isPresent()
                        ? Nodes.in(control.to())
                        : before.unchangedIn(control.to());
        last = new At(control.to(), after);
        return after;
    }

    private TreeSet<Key> touched(Step control, Nodes before, Nodes after, Step endpoint) {
        TreeSet<Key> touched = new TreeSet<>();
        endpoint.keys(Kinds.SERVICE).forEach(touched::add);
        endpoint.keys(Kinds.ENDPOINT_SLICE)
                .flatMap(key -> endpoint.versions(EndpointSlice.class, key))
                .filter(SliceLabels::ours)
                .flatMap(slice -> SliceLabels.service(slice).stream())
                .forEach(touched::add);
        control.keys(Kinds.POD)
                .flatMap(key -> control.versions(Pod.class, key))
                .flatMap(pod -> selecting(pod, endpoint.to()))
                .forEach(touched::add);
        changed(control, before, after)
                .flatMap(pod -> selecting(pod, endpoint.to()))
                .forEach(touched::add);
        if (!before.shares().equals(after.shares())) {
            touched.addAll(proportional.under(PROPORTIONAL));
        }
        return touched;
    }

    /** Pods whose node is in another zone than before, or drained, or no more so. */
    private Stream<Pod> changed(Step control, Nodes before, Nodes after) {
        Stream<String> moved =
                control.keys(Kinds.NODE)
                        .map(Key::name)
                        .filter(node -> !before.zones().of(node).equals(after.zones().of(node)));
        return Stream.concat(moved, before.silence().differing(after.silence()))
                .distinct()
                .flatMap(node -> placed.under(node).stream())
                .flatMap(pod -> control.to().find(Pod.class, pod).stream());
    }

    private Stream<Key> selecting(Pod pod, Image endpoint) {
        return terms(pod.getMetadata().getNamespace(), pod.getMetadata().getLabelsMap())
                .flatMap(term -> services.under(term).stream())
                .filter(
                        key ->
                                endpoint.find(Service.class, key)
                                        .filter(service -> PodEndpoints.selects(service, pod))
                                        .isPresent());
    }

    private SortedMap<Key, Optional<Message>> derive(
            Key key, Image control, Nodes nodes, Image endpoint) {
        List<EndpointSlice> existing = slicesOf(key, endpoint);
        return endpoint.find(Service.class, key)
                .map(
                        service ->
                                Slices.derive(
                                        service,
                                        candidates(service, control),
                                        existing,
                                        nodes,
                                        endpointsPerSlice))
                .orElseGet(() -> Slices.remove(key, existing));
    }

    /** Pods under the rarest pair of the selector: all that the Service selects, and others. */
    private List<Pod> candidates(Service service, Image control) {
        return terms(service.getMetadata().getNamespace(), service.getSpec().getSelectorMap())
                .map(pods::under)
                .min(Comparator.comparing(Set::size))
                .stream()
                .flatMap(Set::stream)
                .flatMap(key -> control.find(Pod.class, key).stream())
                .toList();
    }

    /**
     * Slices whose name starts as those of the Service do; the ones that are derived here are among
     * them.
     */
    private static List<EndpointSlice> slicesOf(Key service, Image endpoint) {
        return endpoint
                .objects()
                .subMap(
                        Kinds.ENDPOINT_SLICE.key(service.namespace(), service.name() + "-"),
                        Kinds.ENDPOINT_SLICE.key(service.namespace(), service.name() + "."))
                .values()
                .stream()
                .map(stored -> (EndpointSlice) stored.value())
                .toList();
    }
}
