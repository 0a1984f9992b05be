package dev.weir.agent.l7;

import dev.weir.agent.l7.proxy.Proxy;
import dev.weir.agent.l7.proxy.Served;
import dev.weir.agent.l7.proxy.Upstream;
import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.routing.ServicePort;
import dev.weir.routing.compile.Compile;
import dev.weir.routing.compile.Compiled;
import dev.weir.routing.compile.IngressService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Serves HTTP by the cluster's Ingresses and Gateways. A change of an endpoint costs that endpoint;
 * a change of a route makes the tables anew. Either is a swap of a pointer to the proxy.
 */
final class L7DataPlane implements DataPlane {
    private static final Set<String> SHARDS =
            Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.SECRET);

    private final Proxy proxy;
    private final Compile compile = new Compile();

    /** Null before the first image. */
    private @Nullable Compiled compiled;

    private PMap<ServicePort, Upstream> upstreams = HashTreePMap.empty();
    private Map<Frontend, ServicePort> byFrontend = Map.of();
    private Map<Key, Set<ServicePort>> byService = Map.of();
    private Image endpointBefore = Image.empty(Shards.ENDPOINT);
    private Served served = new Served(Map.of(), Map.of());

    L7DataPlane(Proxy proxy) {
        this.proxy = proxy;
    }

    @Override
    public String name() {
        return L7DataPlaneProvider.NAME;
    }

    @Override
    public Set<String> shards() {
        return SHARDS;
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta delta) {
        Compiled before = compiled;
        Compiled now =
                before != null && !concernsRoutes(delta)
                        ? before
                        : compile.apply(
                                shard(image, Shards.CONTROL),
                                shard(image, Shards.ENDPOINT),
                                shard(image, Shards.SECRET));
        if (now != before) {
            index(image, now);
            endpoints(image, now.services());
            served = proxy.serve(now.table());
            forget(now.services());
            compiled = now;
        } else {
            endpoints(image, concerned(image, delta));
            if (!served.ports().isEmpty()) {
                served = proxy.serve(now.table());
            }
        }
        endpointBefore = shard(image, Shards.ENDPOINT);
        return new Outcome(problems());
    }

    private static Image shard(NodeImage image, String shard) {
        return image.shards().getOrDefault(shard, Image.empty(shard));
    }

    private static boolean concernsRoutes(NodeDelta delta) {
        return delta.shards().values().stream()
                .map(Delta::changes)
                .anyMatch(changes -> changes.keySet().stream().anyMatch(Compile::looksAt));
    }

    private void index(NodeImage image, Compiled now) {
        Image endpoint = shard(image, Shards.ENDPOINT);
        Map<Frontend, ServicePort> frontends = new HashMap<>();
        Map<Key, Set<ServicePort>> services = new HashMap<>();
        for (ServicePort port : now.services()) {
            Key key = Upstreams.key(port);
            services.computeIfAbsent(key, k -> new HashSet<>()).add(port);
            endpoint.find(Service.class, key).stream()
                    .flatMap(service -> Upstreams.frontends(service, port.port()))
                    .forEach(frontend -> frontends.put(frontend, port));
        }
        byFrontend = frontends;
        byService = services;
    }

    /** Once no table leads anywhere else. */
    private void forget(Set<ServicePort> used) {
        Set<ServicePort> gone = new HashSet<>(upstreams.keySet());
        gone.removeAll(used);
        if (!gone.isEmpty()) {
            upstreams = upstreams.minusAll(gone);
            proxy.endpoints(upstreams);
        }
    }

    /** The ports whose endpoints may be others now. */
    private Set<ServicePort> concerned(NodeImage image, NodeDelta delta) {
        Set<ServicePort> ports = new HashSet<>();
        for (Frontend frontend : delta.services().puts().keySet()) {
            add(byFrontend.get(frontend), ports);
        }
        for (Frontend frontend : delta.services().removes()) {
            add(byFrontend.get(frontend), ports);
        }
        Delta endpoint = delta.shards().get(Shards.ENDPOINT);
        if (endpoint != null) {
            Image now = shard(image, Shards.ENDPOINT);
            for (Key key : endpoint.changes().keySet()) {
                if (key.kind().equals(Kinds.ENDPOINT_SLICE.name())) {
                    ports.addAll(ofSlice(endpointBefore, key));
                    ports.addAll(ofSlice(now, key));
                }
            }
        }
        return ports;
    }

    private static void add(@Nullable ServicePort port, Set<ServicePort> ports) {
        if (port != null) {
            ports.add(port);
        }
    }

    /** Those of the Service that a slice belongs to, or did. */
    private Set<ServicePort> ofSlice(Image endpoint, Key key) {
        return endpoint.find(EndpointSlice.class, key)
                .map(Upstreams::serviceOf)
                .map(service -> byService.get(Kinds.SERVICE.key(key.namespace(), service)))
                .orElse(Set.of());
    }

    private void endpoints(NodeImage image, Set<ServicePort> ports) {
        PMap<ServicePort, Upstream> next = upstreams;
        for (ServicePort port : ports) {
            Upstream now = Upstreams.of(image, port);
            if (!now.equals(next.get(port))) {
                next = next.plus(port, now);
            }
        }
        upstreams = next;
        proxy.endpoints(next);
    }

    private Map<Key, String> problems() {
        Map<Key, String> problems = new HashMap<>(served.secrets());
        if (!served.ports().isEmpty()) {
            problems.put(IngressService.KEY, "cannot be listened on: " + served.ports());
        }
        return problems;
    }

    /** Nobody else writes what the proxy serves. */
    @Override
    public List<Drift> verify() {
        return List.of();
    }

    @Override
    public Outcome repair() {
        return new Outcome(problems());
    }

    @Override
    public String metrics() {
        return L7Metrics.text(proxy.metrics());
    }

    @Override
    public void close() {
        proxy.close();
    }
}
