package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.route.v1.ParentReference;
import dev.weir.route.v1.RouteGroupKind;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of each object, as its status has to say it. An object that another controller
 * serves, or nobody, has none.
 *
 * @param routes those that refer to a Gateway of ours
 */
public record Verdicts(
        SortedMap<Key, OfIngress> ingresses,
        SortedMap<Key, OfClass> classes,
        SortedMap<Key, OfGateway> gateways,
        SortedMap<Key, OfRoute> routes) {
    public static final Verdicts NONE =
            new Verdicts(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    public Verdicts {
        ingresses = Collections.unmodifiableSortedMap(new TreeMap<>(ingresses));
        classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
        gateways = Collections.unmodifiableSortedMap(new TreeMap<>(gateways));
        routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
    }

    /**
     * Whether something holds, and why.
     *
     * @param reason as Gateway API words it, where it has a word
     * @param message for people; may be empty
     */
    public record Finding(boolean holds, String reason, String message) {
        public static Finding yes(String reason) {
            return new Finding(true, reason, "");
        }

        public static Finding no(String reason, String message) {
            return new Finding(false, reason, message);
        }
    }

    /**
     * An Ingress that is served here.
     *
     * @param tls whether it has hosts on port 443
     * @param conflicts what of it an older Ingress has already, in words
     * @param backends what its backends lack, in words; their requests get 503
     * @param certificates what its certificates lack, in words; their hosts have no TLS
     */
    public record OfIngress(
            boolean tls, List<String> conflicts, List<String> backends, List<String> certificates) {
        public OfIngress {
            conflicts = List.copyOf(conflicts);
            backends = List.copyOf(backends);
            certificates = List.copyOf(certificates);
        }
    }

    /** A GatewayClass of ours. */
    public record OfClass(Finding accepted) {}

    /**
     * A Gateway of ours.
     *
     * @param accepted reason {@code ListenersNotValid} also where it holds, for some listeners only
     * @param listeners in the order of the object
     */
    public record OfGateway(Finding accepted, List<OfListener> listeners) {
        public OfGateway {
            listeners = List.copyOf(listeners);
        }

        /** Whether a proxy can carry any of it. */
        public boolean programmable() {
            return accepted.holds() && listeners.stream().anyMatch(OfListener::programmable);
        }
    }

    /**
     * A listener.
     *
     * @param kinds of routes that it takes
     * @param attachedRoutes how many name it, are allowed to, and share a host name with it
     * @param certified whether it needs no certificate, or has one that can be used
     */
    public record OfListener(
            String name,
            List<RouteGroupKind> kinds,
            int attachedRoutes,
            Finding accepted,
            Finding conflicted,
            Finding resolvedRefs,
            boolean certified) {
        public OfListener {
            kinds = List.copyOf(kinds);
        }

        /** Whether requests find routes through it. */
        public boolean serves() {
            return accepted.holds() && !conflicted.holds();
        }

        /** Whether a proxy can carry it. */
        public boolean programmable() {
            return serves() && certified;
        }
    }

    /**
     * An HTTPRoute.
     *
     * @param parents those references that lead to Gateways of ours, in the order of the object
     */
    public record OfRoute(List<OfParent> parents) {
        public OfRoute {
            parents = List.copyOf(parents);
        }
    }

    /**
     * What one reference of a route to its parent came to.
     *
     * @param gateway whom it refers to
     */
    public record OfParent(
            ParentReference reference, Key gateway, Finding accepted, Finding resolvedRefs) {}
}
