package dev.weir.agent.l7.proxy;

import dev.weir.model.Key;
import dev.weir.routing.ServicePort;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** What one event loop counts. Owned by that loop; others get copies. */
final class Counters {
    private final Map<Key, Tally> objects = new HashMap<>();
    private final Map<ServicePort, Tally> services = new HashMap<>();
    private final Tally unrouted = new Tally();
    private long clients;
    private long backends;
    private long accepted;
    private long handshakesRefused;
    private long attemptsFailed;

    void clientOpened() {
        clients++;
        accepted++;
    }

    void clientClosed() {
        clients--;
    }

    void backendOpened() {
        backends++;
    }

    void backendClosed() {
        backends--;
    }

    void handshakeRefused() {
        handshakesRefused++;
    }

    void attemptFailed() {
        attemptsFailed++;
    }

    long clients() {
        return clients;
    }

    /** Counts a request. */
    void request(Ledger ledger, long took) {
        Key object = ledger.object;
        add(
                object == null ? unrouted : objects.computeIfAbsent(object, k -> new Tally()),
                ledger,
                took);
        if (ledger.service != null) {
            add(services.computeIfAbsent(ledger.service, k -> new Tally()), ledger, took);
        }
    }

    private static void add(Tally tally, Ledger ledger, long took) {
        tally.add(ledger.status, took, ledger.bytesIn, ledger.bytesOut);
    }

    /** Counts what was no request. */
    void refused(int status, long bytesOut) {
        unrouted.add(status, 0, 0, bytesOut);
    }

    void retain(Predicate<Key> object, Predicate<ServicePort> service) {
        objects.keySet().removeIf(object.negate());
        services.keySet().removeIf(service.negate());
    }

    /** Adds this to what it will be part of. */
    void addTo(Counters sum) {
        objects.forEach((k, v) -> sum.objects.computeIfAbsent(k, x -> new Tally()).add(v));
        services.forEach((k, v) -> sum.services.computeIfAbsent(k, x -> new Tally()).add(v));
        sum.unrouted.add(unrouted);
        sum.clients += clients;
        sum.backends += backends;
        sum.accepted += accepted;
        sum.handshakesRefused += handshakesRefused;
        sum.attemptsFailed += attemptsFailed;
    }

    Metrics metrics(long turnedAway, long linesDropped) {
        Map<Key, Traffic> byObject = new HashMap<>();
        objects.forEach((key, tally) -> byObject.put(key, tally.traffic()));
        Map<ServicePort, Traffic> byService = new HashMap<>();
        services.forEach((service, tally) -> byService.put(service, tally.traffic()));
        return new Metrics(
                clients,
                backends,
                accepted,
                turnedAway,
                handshakesRefused,
                attemptsFailed,
                linesDropped,
                unrouted.traffic(),
                byObject,
                byService);
    }
}
