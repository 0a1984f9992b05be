package dev.weir.agent.derive;

import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pcollections.PMap;

/** The frontends of all Services, of which a step changes those that it names. */
final class Services {
    private final String nodeName;
    private final Step endpoint;
    private final Map<String, Map<Key, List<EndpointSlice>>> slices = new HashMap<>();

    private Services(String nodeName, Step endpoint) {
        this.nodeName = nodeName;
        this.endpoint = endpoint;
    }

    /** The previous frontends with the step's changes; no two Services have one cluster IP. */
    static PMap<Frontend, Backends> derive(
            String nodeName, PMap<Frontend, Backends> previous, Step endpoint) {
        Services services = new Services(nodeName, endpoint);
        TreeSet<Key> touched = services.touched();
        Map<Frontend, Backends> wanted = new TreeMap<>();
        touched.forEach(service -> wanted.putAll(services.frontends(service)));
        PMap<Frontend, Backends> next = previous;
        for (Key service : touched) {
            for (Frontend frontend : services.former(service)) {
                Backends had = next.get(frontend);
                if (had != null && had.service().equals(service) && !wanted.containsKey(frontend)) {
                    next = next.minus(frontend);
                }
            }
        }
        for (var frontend : wanted.entrySet()) {
            if (!frontend.getValue().equals(next.get(frontend.getKey()))) {
                next = next.plus(frontend.getKey(), frontend.getValue());
            }
        }
        return next;
    }

    private TreeSet<Key> touched() {
        TreeSet<Key> touched = new TreeSet<>(endpoint.keys(Kinds.SERVICE).toList());
        endpoint.keys(Kinds.ENDPOINT_SLICE)
                .flatMap(key -> endpoint.versions(EndpointSlice.class, key))
                .flatMap(slice -> SliceLabels.service(slice).stream())
                .forEach(touched::add);
        return touched;
    }

    private Map<Frontend, Backends> frontends(Key key) {
        return endpoint.to()
                .find(Service.class, key)
                .map(
                        service ->
                                Frontends.derive(
                                        service,
                                        slices.computeIfAbsent(key.namespace(), this::slicesIn)
                                                .getOrDefault(key, List.of()),
                                        nodeName))
                .orElse(Map.of());
    }

    private List<Frontend> former(Key key) {
        return endpoint.from()
                .find(Service.class, key)
                .map(
                        service ->
                                List.copyOf(
                                        Frontends.derive(service, List.of(), nodeName).keySet()))
                .orElse(List.of());
    }

    private Map<Key, List<EndpointSlice>> slicesIn(String namespace) {
        Image image = endpoint.to();
        return image.in(Kinds.ENDPOINT_SLICE, namespace, EndpointSlice.class)
                .filter(slice -> SliceLabels.service(slice).isPresent())
                .collect(Collectors.groupingBy(slice -> SliceLabels.service(slice).orElseThrow()));
    }
}
