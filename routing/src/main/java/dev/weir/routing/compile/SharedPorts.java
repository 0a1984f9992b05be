package dev.weir.routing.compile;

import dev.weir.model.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Gateways have taken of the proxies' ports, the older ones first. All share the proxies: what
 * listeners of one port and host name in different Gateways take in is together, if they agree on
 * TLS and on the certificate. Port 80 is without and port 443 with TLS, as Ingresses have them.
 */
final class SharedPorts {
    private final Map<Integer, Boolean> tls = new HashMap<>();
    private final Map<Place, List<Key>> proofs = new HashMap<>();

    private record Place(int port, HostPattern host) {}

    SharedPorts() {
        tls.put(IngressService.HTTP_PORT, false);
        tls.put(IngressService.HTTPS_PORT, true);
    }

    /** The listener as it stands beside those before it; if it serves, later ones have to agree. */
    Entrance take(Entrance entrance) {
        if (!entrance.serves()) {
            return entrance;
        }
        if (tls.getOrDefault(entrance.port(), entrance.tls()) != entrance.tls()) {
            return entrance.conflicting(
                    "ProtocolConflict",
                    "Port %d is %s TLS already."
                            .formatted(entrance.port(), entrance.tls() ? "without" : "with"));
        }
        List<Key> own =
                entrance.certificates().stream().map(one -> one.certificate().secret()).toList();
        Place place = new Place(entrance.port(), entrance.host());
        if (!own.isEmpty() && !proofs.getOrDefault(place, own).equals(own)) {
            return entrance.conflicting(
                    "HostnameConflict",
                    "An older Gateway has host %s on port %d with another certificate."
                            .formatted(entrance.host(), entrance.port()));
        }
        tls.put(entrance.port(), entrance.tls());
        if (!own.isEmpty()) {
            proofs.put(place, own);
        }
        return entrance;
    }
}
