package dev.weir.routing.compile;

import com.google.protobuf.util.Timestamps;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.HttpIngressPath;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRouteMatch;
import dev.weir.route.v1.HttpRouteRule;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressBackend;
import dev.weir.route.v1.IngressRule;
import dev.weir.route.v1.Listener;
import dev.weir.route.v1.ParentReference;
import dev.weir.routing.Cluster.Asked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a request on port 80 comes to, by looking at every rule of every object, the way the
 * specifications word it. Services s0, s1 and s2 are there, with port 80.
 */
final class Specification {
    private Specification() {}

    private static final Comparator<ObjectMeta> OLDEST =
            Comparator.comparing(ObjectMeta::getCreationTimestamp, Timestamps.comparator())
                    .thenComparing(m -> m.getNamespace() + "/" + m.getName());

    private static boolean under(String prefix, String path) {
        String whole = prefix.replaceAll("/+$", "");
        return path.equals(whole) || path.startsWith(whole + "/");
    }

    private static boolean missing(String service) {
        return service.equals("s3");
    }

    // Ingress

    static String ingress(List<Ingress> all, String host, Asked request) {
        List<Ingress> served =
                all.stream()
                        .filter(i -> i.getSpec().getIngressClassName().equals("weir"))
                        .sorted(Comparator.comparing(Ingress::getMetadata, OLDEST))
                        .toList();
        if (served.isEmpty()) {
            return "closed";
        }
        String label = host.contains(".") ? "*" + host.substring(host.indexOf('.')) : "none";
        return Stream.of(host.isEmpty() ? "none" : host, label, "")
                .filter(name -> served.stream().anyMatch(i -> names(i).contains(name)))
                .findFirst()
                .map(name -> ofHost(served, name, request.path()))
                .orElse("404");
    }

    private static List<String> names(Ingress ingress) {
        return ingress.getSpec().getRulesCount() == 0
                ? List.of("")
                : ingress.getSpec().getRulesList().stream().map(IngressRule::getHost).toList();
    }

    private record Found(Ingress of, HttpIngressPath path) {}

    private static String ofHost(List<Ingress> served, String name, String path) {
        List<Found> matching = new ArrayList<>();
        for (Ingress ingress : served) {
            for (IngressRule rule : ingress.getSpec().getRulesList()) {
                for (HttpIngressPath one : rule.getHttp().getPathsList()) {
                    boolean matches =
                            one.getPathType().equals("Exact")
                                    ? path.equals(one.getPath())
                                    : under(one.getPath(), path);
                    if (rule.getHost().equals(name) && matches) {
                        matching.add(new Found(ingress, one));
                    }
                }
            }
        }
        // Sorting is stable: among equals the older object and the earlier rule stay in front.
        return matching.stream()
                .sorted(
                        Comparator.comparing((Found f) -> !f.path().getPathType().equals("Exact"))
                                .thenComparing(
                                        f -> -f.path().getPath().replaceAll("/+$", "").length()))
                .findFirst()
                .map(f -> answer(f.of(), f.path().getBackend()))
                .or(
                        () ->
                                served.stream()
                                        .filter(i -> names(i).contains(name))
                                        .filter(i -> i.getSpec().hasDefaultBackend())
                                        .findFirst()
                                        .map(i -> answer(i, i.getSpec().getDefaultBackend())))
                .orElse("404");
    }

    private static String answer(Ingress of, IngressBackend backend) {
        String service = backend.getService().getName();
        return missing(service) ? "503" : of.getMetadata().getNamespace() + "/" + service + ":80";
    }

    // Gateway API

    private record Candidate(
            String host, HttpRoute route, int index, HttpRouteRule rule, HttpRouteMatch match) {
        boolean exact() {
            return match.getPath().getType().equals("Exact");
        }

        String path() {
            return match.hasPath() ? match.getPath().getValue() : "/";
        }

        boolean holds(Asked request) {
            return (exact() ? request.path().equals(path()) : under(path(), request.path()))
                    && (!match.hasMethod() || match.getMethod().equals(request.method()))
                    && match.getHeadersList().stream()
                            .allMatch(
                                    h ->
                                            Objects.equals(
                                                    request.headers()
                                                            .get(h.getName().toLowerCase()),
                                                    h.getValue()))
                    && match.getQueryParamsList().stream()
                            .allMatch(
                                    q -> request.query().equals(q.getName() + "=" + q.getValue()));
        }
    }

    /** As Gateway API lists it, the route's host name in front. */
    private static final Comparator<Candidate> PRECEDENCE =
            Comparator.comparing((Candidate c) -> width(c.host()))
                    .thenComparing(c -> !c.exact())
                    .thenComparing(c -> -c.path().replaceAll("/+$", "").length())
                    .thenComparing(c -> !c.match().hasMethod())
                    .thenComparing(c -> -c.match().getHeadersCount())
                    .thenComparing(c -> -c.match().getQueryParamsCount())
                    .thenComparing(c -> c.route().getMetadata(), OLDEST)
                    .thenComparing(Candidate::index);

    /** Exact names first, then wildcards, the longer the narrower, then any. */
    private static int width(String host) {
        return host.isEmpty() ? 2_000 : host.startsWith("*") ? 1_000 - host.length() : 0;
    }

    private static boolean has(String pattern, String host) {
        return pattern.isEmpty()
                || pattern.equals(host)
                || (pattern.startsWith("*")
                        && host.endsWith(pattern.substring(1))
                        && host.length() > pattern.length() - 1);
    }

    private record Place(Gateway gateway, Listener listener) {}

    static String gateways(
            List<Gateway> gateways, List<HttpRoute> routes, String host, Asked request) {
        List<Place> open =
                gateways.stream()
                        .filter(g -> g.getSpec().getGatewayClassName().equals("weir"))
                        .flatMap(
                                g ->
                                        g.getSpec().getListenersList().stream()
                                                .filter(l -> serves(g, l))
                                                .map(l -> new Place(g, l)))
                        .toList();
        if (open.isEmpty()) {
            return "closed";
        }
        Optional<String> narrowest =
                open.stream()
                        .map(p -> p.listener().getHostname())
                        .filter(name -> has(name, host))
                        .min(Comparator.comparing(Specification::width));
        if (narrowest.isEmpty()) {
            return "404";
        }
        List<Candidate> candidates = new ArrayList<>();
        for (Place place : open) {
            if (place.listener().getHostname().equals(narrowest.get())) {
                for (HttpRoute route : routes) {
                    candidates.addAll(candidates(place, route, host));
                }
            }
        }
        return candidates.stream()
                .filter(c -> c.holds(request))
                .min(PRECEDENCE)
                .map(Specification::answer)
                .orElse("404");
    }

    private static boolean serves(Gateway gateway, Listener listener) {
        return listener.getPort() == 80
                && listener.getProtocol().equals("HTTP")
                && gateway.getSpec().getListenersList().stream()
                        .noneMatch(
                                other ->
                                        other != listener
                                                && other.getPort() == 80
                                                && (!other.getProtocol().equals("HTTP")
                                                        || other.getHostname()
                                                                .equals(listener.getHostname())));
    }

    private static List<Candidate> candidates(Place place, HttpRoute route, String host) {
        boolean served =
                route.getSpec().getRulesList().stream().allMatch(r -> r.getFiltersCount() == 0);
        boolean named = route.getSpec().getParentRefsList().stream().anyMatch(p -> names(p, place));
        if (!served || !named || !allowed(place, route.getMetadata().getNamespace())) {
            return List.of();
        }
        List<String> hostnames =
                route.getSpec().getHostnamesCount() == 0
                        ? List.of("")
                        : route.getSpec().getHostnamesList();
        List<Candidate> candidates = new ArrayList<>();
        for (String hostname : hostnames) {
            if (has(hostname, host)) {
                String own = place.listener().getHostname();
                String both = width(hostname) < width(own) ? hostname : own;
                for (int i = 0; i < route.getSpec().getRulesCount(); i++) {
                    HttpRouteRule rule = route.getSpec().getRules(i);
                    List<HttpRouteMatch> matches =
                            rule.getMatchesCount() == 0
                                    ? List.of(HttpRouteMatch.getDefaultInstance())
                                    : rule.getMatchesList();
                    for (HttpRouteMatch match : matches) {
                        candidates.add(new Candidate(both, route, i, rule, match));
                    }
                }
            }
        }
        return candidates;
    }

    private static boolean names(ParentReference parent, Place place) {
        return parent.getName().equals(place.gateway().getMetadata().getName())
                && parent.getNamespace().equals(place.gateway().getMetadata().getNamespace())
                && (!parent.hasPort() || parent.getPort() == place.listener().getPort())
                && (!parent.hasSectionName()
                        || parent.getSectionName().equals(place.listener().getName()));
    }

    private static boolean allowed(Place place, String namespace) {
        var namespaces = place.listener().getAllowedRoutes().getNamespaces();
        Map<String, String> labels = namespaces.getSelector().getMatchLabelsMap();
        return switch (namespaces.hasFrom() ? namespaces.getFrom() : "Same") {
            case "All" -> true;
            case "Selector" -> namespace.equals(labels.get("name"));
            default -> namespace.equals(place.gateway().getMetadata().getNamespace());
        };
    }

    private static String answer(Candidate candidate) {
        if (candidate.rule().getBackendRefsCount() == 0
                || missing(candidate.rule().getBackendRefs(0).getName())) {
            return "500";
        }
        return candidate.route().getMetadata().getNamespace()
                + "/"
                + candidate.rule().getBackendRefs(0).getName()
                + ":80";
    }
}
