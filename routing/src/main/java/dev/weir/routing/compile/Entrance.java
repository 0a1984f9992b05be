package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.route.v1.Listener;
import dev.weir.route.v1.RouteGroupKind;
import dev.weir.routing.compile.Certificates.Outcome;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfListener;
import java.util.List;

/**
 * A listener of ours, judged.
 *
 * @param index in its Gateway
 * @param kinds of routes that it takes
 * @param certificates that can be used
 */
record Entrance(
        Key gateway,
        int index,
        Listener spec,
        HostPattern host,
        List<RouteGroupKind> kinds,
        Finding accepted,
        Finding conflicted,
        Finding resolvedRefs,
        List<Outcome.Usable> certificates) {
    static final String HTTP = "HTTP";
    static final String HTTPS = "HTTPS";

    boolean tls() {
        return spec.getProtocol().equals(HTTPS);
    }

    int port() {
        return spec.getPort();
    }

    boolean serves() {
        return accepted.holds();
    }

    /** Not accepted because something else stands in its way. */
    Entrance conflicting(String reason, String message) {
        return refused(reason, message, new Finding(true, reason, message));
    }

    Entrance refused(String reason, String message) {
        return refused(reason, message, conflicted);
    }

    private Entrance refused(String reason, String message, Finding conflict) {
        return new Entrance(
                gateway,
                index,
                spec,
                host,
                kinds,
                Finding.no(reason, message),
                conflict,
                resolvedRefs,
                certificates);
    }

    OfListener verdict(int attachedRoutes) {
        return new OfListener(
                spec.getName(),
                kinds,
                attachedRoutes,
                accepted,
                conflicted,
                resolvedRefs,
                !tls() || !certificates.isEmpty());
    }
}
