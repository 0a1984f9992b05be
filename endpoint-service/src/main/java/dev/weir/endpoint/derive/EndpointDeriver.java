package dev.weir.endpoint.derive;

import com.google.protobuf.Message;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which Services a step touches, and what becomes of their slices.
 *
 * <p>Without state: a lost, repeated or merged step changes nothing, since a touched Service is
 * derived anew from the images. A step costs the objects it names, and the Services and pods of
 * their namespaces.
 */
public final class EndpointDeriver {
    private final Image control;
    private final Image endpoint;
    private final Map<String, Labelled<Pod>> pods = new HashMap<>();
    private final Map<String, Labelled<Service>> services = new HashMap<>();

    private EndpointDeriver(Image control, Image endpoint) {
        this.control = control;
        this.endpoint = endpoint;
    }

    /**
     * The EndpointSlices to write in the endpoint shard, an empty value for one to remove.
     *
     * @param control of the pods; {@link Step#still} when it did not move
     * @param endpoint of the Services and slices; what this writes comes back here and derives to
     *     nothing
     */
    public static SortedMap<Key, Optional<Message>> changes(Step control, Step endpoint) {
        return new EndpointDeriver(control.to(), endpoint.to()).derive(control, endpoint);
    }

    private SortedMap<Key, Optional<Message>> derive(Step controlStep, Step endpointStep) {
        SortedMap<Key, Optional<Message>> changes = new TreeMap<>();
        touched(controlStep, endpointStep).forEach(service -> changes.putAll(derive(service)));
        return changes;
    }

    private TreeSet<Key> touched(Step controlStep, Step endpointStep) {
        TreeSet<Key> touched = new TreeSet<>();
        endpointStep.keys(Kinds.SERVICE).forEach(touched::add);
        endpointStep
                .keys(Kinds.ENDPOINT_SLICE)
                .flatMap(key -> endpointStep.versions(EndpointSlice.class, key))
                .filter(SliceLabels::ours)
                .flatMap(slice -> SliceLabels.service(slice).stream())
                .forEach(touched::add);
        controlStep
                .keys(Kinds.POD)
                .flatMap(key -> controlStep.versions(Pod.class, key))
                .forEach(pod -> touched.addAll(selecting(pod)));
        return touched;
    }

    private List<Key> selecting(Pod pod) {
        return services.computeIfAbsent(pod.getMetadata().getNamespace(), this::servicesOf)
                .underAny(pod.getMetadata().getLabelsMap())
                .filter(service -> PodEndpoints.selects(service, pod))
                .map(Slices::keyOf)
                .toList();
    }

    private SortedMap<Key, Optional<Message>> derive(Key key) {
        List<EndpointSlice> existing = slicesOf(key);
        return endpoint.find(Service.class, key)
                .map(
                        service ->
                                Slices.derive(
                                        service,
                                        pods.computeIfAbsent(key.namespace(), this::podsOf)
                                                .underAll(service.getSpec().getSelectorMap()),
                                        existing))
                .orElseGet(() -> Slices.remove(key, existing));
    }

    /**
     * Slices whose name starts as those of the Service do; the ones that are derived here are among
     * them.
     */
    private List<EndpointSlice> slicesOf(Key service) {
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

    private Labelled<Pod> podsOf(String namespace) {
        return Labelled.byEach(
                control.in(Kinds.POD, namespace, Pod.class),
                pod -> pod.getMetadata().getLabelsMap());
    }

    private Labelled<Service> servicesOf(String namespace) {
        return Labelled.byFirst(
                endpoint.in(Kinds.SERVICE, namespace, Service.class),
                service -> service.getSpec().getSelectorMap());
    }
}
