package dev.weir.agent.l7.proxy;

import dev.weir.model.Key;
import dev.weir.routing.ServicePort;
import java.util.Map;

/**
 * What a proxy did, at one moment. Bounded by the table: what it no longer names is left out.
 *
 * @param clients connections of clients that are open
 * @param backends connections to endpoints that are open, used or not
 * @param accepted connections of clients since the start
 * @param turnedAway connections beyond {@link Capacity#connections}
 * @param handshakesRefused for want of a certificate
 * @param attemptsFailed endpoints that could not be reached or closed before an answer
 * @param linesDropped of the access log, as its target was too slow
 * @param unrouted requests without a rule: malformed ones, and those for hosts or paths of nobody
 * @param objects by the object that a rule comes from
 * @param services by what requests were passed on to
 */
public record Metrics(
        long clients,
        long backends,
        long accepted,
        long turnedAway,
        long handshakesRefused,
        long attemptsFailed,
        long linesDropped,
        Traffic unrouted,
        Map<Key, Traffic> objects,
        Map<ServicePort, Traffic> services) {
    public Metrics {
        objects = Map.copyOf(objects);
        services = Map.copyOf(services);
    }
}
