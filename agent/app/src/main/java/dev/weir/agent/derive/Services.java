package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Index;
import dev.weir.changes.Step;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.PMap;

/** The frontends of all Services, of which a step changes those that it names. */
final class Services {
    private final Here before;
    private final Here here;
    private final Step endpoint;
    private final Index<EndpointSlice> slices;

    private Services(Here before, Here here, Step endpoint, Index<EndpointSlice> slices) {
        this.before = before;
        this.here = here;
        this.endpoint = endpoint;
        this.slices = slices;
    }

    /** The slices of a shard by their Service. */
    static Index<EndpointSlice> index() {
        return new Index<>(
                Kinds.ENDPOINT_SLICE,
                EndpointSlice.class,
                slice -> SliceLabels.service(slice).map(Key::path).stream().toList());
    }

    /**
     * The previous frontends with the step's changes; no two Services have one cluster IP, or one
     * node port. All of them change if the node is in another zone.
     *
     * @param slices at the step's end
     */
    static PMap<Frontend, Backends> derive(
            NodeSettings settings,
            PMap<Frontend, Backends> previous,
            Step control,
            Step endpoint,
            Index<EndpointSlice> slices) {
        Here before = Here.in(control.from(), settings);
        Services services = new Services(before, Here.in(control.to(), settings), endpoint, slices);
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
        if (!before.equals(here)) {
            endpoint.to()
                    .all(Kinds.SERVICE, Service.class)
                    .map(Service::getMetadata)
                    .map(meta -> Kinds.SERVICE.key(meta.getNamespace(), meta.getName()))
                    .forEach(touched::add);
        }
        return touched;
    }

    private Map<Frontend, Backends> frontends(Key key) {
        return endpoint.to()
                .find(Service.class, key)
                .map(service -> Frontends.derive(service, slicesOf(key), here))
                .orElse(Map.of());
    }

    private List<Frontend> former(Key key) {
        return endpoint.from()
                .find(Service.class, key)
                .map(service -> List.copyOf(Frontends.derive(service, List.of(), before).keySet()))
                .orElse(List.of());
    }

    private List<EndpointSlice> slicesOf(Key service) {
        return slices.under(service.path()).stream()
                .flatMap(key -> endpoint.to().find(EndpointSlice.class, key).stream())
                .toList();
    }
}
