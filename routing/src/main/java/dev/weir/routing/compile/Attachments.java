package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.Listener;
import dev.weir.route.v1.ParentReference;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfParent;
import dev.weir.routing.compile.Verdicts.OfRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which routes each listener has: those that name it, that it allows, and that share a host. */
final class Attachments {
    private static final String SAME = "Same";
    private static final String ALL = "All";
    private static final String SELECTOR = "Selector";

    /** Whose routes a listener can allow. */
    static final Set<String> NAMESPACES = Set.of(SAME, ALL, SELECTOR);

    private final Image control;
    private final Gateways gateways;
    private final Map<Place, Map<Key, Attached>> byListener = new HashMap<>();
    private final TreeMap<Key, OfRoute> verdicts = new TreeMap<>();

    private record Place(Key gateway, int index) {
        static Place of(Entrance entrance) {
            return new Place(entrance.gateway(), entrance.index());
        }
    }

    /**
     * A route at a listener.
     *
     * @param hosts that both have; not empty
     * @param rules empty if the route is not accepted
     */
    record Attached(Set<HostPattern> hosts, List<PathRule> rules) {}

    Attachments(Image control, Gateways gateways, Backends backends, Grants grants) {
        this.control = control;
        this.gateways = gateways;
        control.all(Kinds.HTTP_ROUTE, HttpRoute.class)
                .forEach(route -> add(route, backends, grants));
    }

    private void add(HttpRoute route, Backends backends, Grants grants) {
        Key key = Kinds.HTTP_ROUTE.key(route.getMetadata());
        List<OfParent> parents = new ArrayList<>();
        Optional<HttpRules> rules = Optional.empty();
        for (ParentReference reference : route.getSpec().getParentRefsList()) {
            Optional<Key> gateway = gateway(key, reference);
            Optional<List<Entrance>> entrances = gateway.flatMap(gateways::entrances);
            if (entrances.isPresent()) {
                HttpRules read = rules.orElseGet(() -> HttpRules.of(route, backends, grants));
                rules = Optional.of(read);
                parents.add(
                        new OfParent(
                                reference,
                                gateway.orElseThrow(),
                                attach(key, route, reference, entrances.get(), read),
                                read.resolvedRefs()));
            }
        }
        if (!parents.isEmpty()) {
            verdicts.put(key, new OfRoute(parents));
        }
    }

    private static Optional<Key> gateway(Key route, ParentReference reference) {
        boolean isGateway =
                (!reference.hasGroup() || reference.getGroup().equals(Grants.GATEWAY_GROUP))
                        && (!reference.hasKind()
                                || reference.getKind().equals(Kinds.GATEWAY.name()));
        String namespace =
                reference.getNamespace().isEmpty() ? route.namespace() : reference.getNamespace();
        return isGateway
                ? Optional.of(Kinds.GATEWAY.key(namespace, reference.getName()))
                : Optional.empty();
    }

    private Finding attach(
            Key key,
            HttpRoute route,
            ParentReference reference,
            List<Entrance> all,
            HttpRules rules) {
        List<Entrance> named = all.stream().filter(e -> names(reference, e)).toList();
        if (named.isEmpty()) {
            return Finding.no("NoMatchingParent", "The Gateway has no such listener.");
        }
        List<Entrance> open = named.stream().filter(e -> allows(e, key.namespace())).toList();
        if (open.isEmpty()) {
            return Finding.no(
                    "NotAllowedByListeners",
                    "No listener takes routes of this kind and namespace.");
        }
        boolean met = false;
        boolean serves = false;
        for (Entrance entrance : open) {
            Set<HostPattern> hosts = shared(route.getSpec().getHostnamesList(), entrance.host());
            if (!hosts.isEmpty()) {
                met = true;
                serves |= entrance.serves();
                byListener
                        .computeIfAbsent(Place.of(entrance), absent -> new TreeMap<>())
                        .put(key, new Attached(hosts, rules.rules()));
            }
        }
        if (!met) {
            return Finding.no(
                    "NoMatchingListenerHostname", "No listener has a host name of the route.");
        }
        return serves || !rules.accepted().holds()
                ? rules.accepted()
                : Finding.no("NoReadyListeners", "None of its listeners is accepted.");
    }

    private static boolean names(ParentReference reference, Entrance entrance) {
        return (reference.getSectionName().isEmpty()
                        || reference.getSectionName().equals(entrance.spec().getName()))
                && (!reference.hasPort() || reference.getPort() == entrance.port());
    }

    private boolean allows(Entrance entrance, String namespace) {
        if (entrance.kinds().isEmpty()) {
            return false;
        }
        return switch (from(entrance.spec())) {
            case SAME -> namespace.equals(entrance.gateway().namespace());
            case ALL -> true;
            case SELECTOR -> selects(entrance.spec(), namespace);
            default -> false;
        };
    }

    private boolean selects(Listener listener, String namespace) {
        var namespaces = listener.getAllowedRoutes().getNamespaces();
        return namespaces.hasSelector()
                && control.find(Namespace.class, Kinds.NAMESPACE.key("", namespace))
                        .filter(
                                object ->
                                        LabelSelectors.matches(
                                                namespaces.getSelector(),
                                                object.getMetadata().getLabelsMap()))
                        .isPresent();
    }

    static String from(Listener listener) {
        var namespaces = listener.getAllowedRoutes().getNamespaces();
        return namespaces.hasFrom() ? namespaces.getFrom() : SAME;
    }

    private static Set<HostPattern> shared(List<String> hostnames, HostPattern listener) {
        Set<HostPattern> hosts = new LinkedHashSet<>();
        if (hostnames.isEmpty()) {
            hosts.add(listener);
        }
        hostnames.stream()
                .map(HostPattern::ofGateway)
                .flatMap(host -> host.and(listener).stream())
                .forEach(hosts::add);
        return hosts;
    }

    Iterable<Attached> at(Entrance entrance) {
        return byListener.getOrDefault(Place.of(entrance), Map.of()).values();
    }

    int count(Entrance entrance) {
        return byListener.getOrDefault(Place.of(entrance), Map.of()).size();
    }

    TreeMap<Key, OfRoute> verdicts() {
        return verdicts;
    }
}
