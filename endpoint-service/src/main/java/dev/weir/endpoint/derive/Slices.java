package dev.weir.endpoint.derive;

import com.google.protobuf.Message;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.ShortHash;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The EndpointSlices of one Service.
 *
 * <p>Invariant: what is derived depends on the arguments only, and once applied derives to no
 * change. Slices of other writers are never touched.
 */
public final class Slices {
    /** How many endpoints go into one slice, by the default of Kubernetes' controller. */
    public static final int USUAL_ENDPOINTS = 100;

    /** No slice may have more. */
    public static final int MOST_ENDPOINTS = 1000;

    private final Service service;
    private final Set<String> taken;
    private final Nodes nodes;
    private final int most;

    private Slices(Service service, Set<String> taken, Nodes nodes, int most) {
        this.service = service;
        this.taken = taken;
        this.nodes = nodes;
        this.most = most;
    }

    /** What the endpoints of one slice have in common. */
    private record Shape(String family, List<EndpointPort> ports) {
        static Shape of(EndpointSlice slice) {
            return new Shape(slice.getAddressType(), slice.getPortsList());
        }
    }

    /**
     * What to write so that the Service has the slices it should have; an empty value means to
     * remove. Only what differs. The metadata that a writer sets (uid, revision, generation, times)
     * stays as it is, and is unset in new slices. A Service without a selector, or of type
     * ExternalName, gets none.
     *
     * @param pods pods of the Service's namespace, at least the ones that it selects
     * @param existing slices of the namespace, at least the ones of this Service
     * @param most how many endpoints go into one slice; one that has more keeps them
     */
    static SortedMap<Key, Optional<Message>> derive(
            Service service,
            Collection<Pod> pods,
            Collection<EndpointSlice> existing,
            Nodes nodes,
            int most) {
        TreeMap<String, EndpointSlice> before = managed(keyOf(service), existing);
        Set<String> taken =
                existing.stream()
                        .map(slice -> slice.getMetadata().getName())
                        .collect(Collectors.toSet());
        return changes(
                before, new Slices(service, taken, nodes, most).slices(pods, before.values()));
    }

    /** What to write when there is no such Service any more. */
    static SortedMap<Key, Optional<Message>> remove(
            Key service, Collection<EndpointSlice> existing) {
        return changes(managed(service, existing), Map.of());
    }

    private Map<String, EndpointSlice> slices(
            Collection<Pod> pods, Collection<EndpointSlice> before) {
        Map<Shape, List<EndpointSlice>> kept =
                before.stream().collect(Collectors.groupingBy(Shape::of));
        Map<String, EndpointSlice> slices = new TreeMap<>();
        desired(pods)
                .forEach(
                        (shape, endpoints) ->
                                Packing.pack(
                                                endpoints,
                                                kept.getOrDefault(shape, List.of()),
                                                () -> fresh(shape),
                                                most)
                                        .forEach(
                                                slice ->
                                                        slices.put(
                                                                slice.getMetadata().getName(),
                                                                labelled(slice))));
        return slices;
    }

    /**
     * Endpoints by the name of their pod; a family that has none gets an empty shape for its
     * placeholder.
     */
    private Map<Shape, SortedMap<String, Endpoint>> desired(Collection<Pod> pods) {
        Map<Shape, SortedMap<String, Endpoint>> desired = new LinkedHashMap<>();
        if (service.getSpec().getSelectorCount() == 0
                || service.getSpec().getType().equals("ExternalName")) {
            return desired;
        }
        List<Pod> selected =
                pods.stream().filter(pod -> PodEndpoints.selects(service, pod)).toList();
        for (String family : ServiceFamilies.of(service)) {
            SortedMap<String, Endpoint> endpoints = endpoints(selected, family);
            for (Pod pod : selected) {
                String name = pod.getMetadata().getName();
                Optional.ofNullable(endpoints.get(name))
                        .ifPresent(
                                endpoint ->
                                        desired.computeIfAbsent(
                                                        new Shape(
                                                                family,
                                                                PodEndpoints.ports(service, pod)),
                                                        shape -> new TreeMap<>())
                                                .put(name, endpoint));
            }
            if (endpoints.isEmpty()) {
                desired.put(new Shape(family, List.of()), new TreeMap<>());
            }
        }
        return desired;
    }

    private SortedMap<String, Endpoint> endpoints(List<Pod> selected, String family) {
        SortedMap<String, Endpoint> endpoints = new TreeMap<>();
        for (Pod pod : selected) {
            PodEndpoints.endpoint(service, pod, family, nodes.zones())
                    .ifPresent(endpoint -> endpoints.put(pod.getMetadata().getName(), endpoint));
        }
        boolean published = service.getSpec().getPublishNotReadyAddresses();
        return Hints.add(
                service,
                Draining.of(endpoints, published, nodes.silence().drained()),
                nodes.shares());
    }

    /** Named by the shape and the lowest number that makes the name a new one. */
    private EndpointSlice fresh(Shape shape) {
        for (int number = 0; ; number++) {
            String name =
                    service.getMetadata().getName()
                            + "-"
                            + ShortHash.of(keyOf(service).path() + "/" + shape + "/" + number);
            if (taken.add(name)) {
                return EndpointSlice.newBuilder()
                        .setMetadata(
                                ObjectMeta.newBuilder()
                                        .setName(name)
                                        .setNamespace(service.getMetadata().getNamespace()))
                        .setAddressType(shape.family())
                        .addAllPorts(shape.ports())
                        .build();
            }
        }
    }

    private EndpointSlice labelled(EndpointSlice slice) {
        return slice.toBuilder()
                .setMetadata(
                        slice.getMetadata().toBuilder()
                                .clearLabels()
                                .putAllLabels(SliceLabels.of(service)))
                .build();
    }

    private static TreeMap<String, EndpointSlice> managed(
            Key service, Collection<EndpointSlice> existing) {
        TreeMap<String, EndpointSlice> managed = new TreeMap<>();
        for (EndpointSlice slice : existing) {
            if (SliceLabels.ours(slice)
                    && SliceLabels.service(slice).filter(service::equals).isPresent()) {
                managed.put(slice.getMetadata().getName(), slice);
            }
        }
        return managed;
    }

    private static SortedMap<Key, Optional<Message>> changes(
            Map<String, EndpointSlice> before, Map<String, EndpointSlice> after) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        before.forEach(
                (name, slice) -> {
                    if (!after.containsKey(name)) {
                        changes.put(keyOf(slice), Optional.empty());
                    }
                });
        after.forEach(
                (name, slice) -> {
                    if (!slice.equals(before.get(name))) {
                        changes.put(keyOf(slice), Optional.of(slice));
                    }
                });
        return changes;
    }

    static Key keyOf(Service service) {
        return Kinds.SERVICE.key(service.getMetadata());
    }

    private static Key keyOf(EndpointSlice slice) {
        return Kinds.ENDPOINT_SLICE.key(slice.getMetadata());
    }
}
