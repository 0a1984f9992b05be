package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the ports of Services that routes refer to, in one image. For one caller at a time. */
final class Backends {
    /** What a port may say of its protocol that a proxy has to know, and does not speak. */
    private static final Set<String> NOT_SPOKEN =
            Set.of("kubernetes.io/h2c", "kubernetes.io/wss", "https", "grpc");

    private final Image endpoint;

    /** Those that were asked for; many routes lead to one Service. */
    private final Map<Key, Optional<Service>> services = new HashMap<>();

    Backends(Image endpoint) {
        this.endpoint = endpoint;
    }

    /** What a reference leads to. */
    sealed interface Backend {
        record Found(dev.weir.routing.ServicePort port) implements Backend {}

        /**
         * @param reason as Gateway API words it
         * @param message names the reference
         */
        record Lacking(String reason, String message) implements Backend {}
    }

    Backend byNumber(String namespace, String service, int port) {
        return find(namespace, service, String.valueOf(port), p -> p.getPort() == port);
    }

    Backend byName(String namespace, String service, String port) {
        return find(namespace, service, "\"" + port + "\"", p -> p.getName().equals(port));
    }

    private Backend find(String namespace, String name, String port, Predicate<ServicePort> meant) {
        Key key = Kinds.SERVICE.key(namespace, name);
        Optional<Service> service =
                services.computeIfAbsent(key, asked -> endpoint.find(Service.class, asked));
        if (service.isEmpty()) {
            return new Backend.Lacking("BackendNotFound", "There is no " + key + ".");
        }
        if (service.get().getSpec().getType().equals("ExternalName")) {
            return new Backend.Lacking("InvalidKind", key + " is an ExternalName.");
        }
        Optional<ServicePort> found =
                service.get().getSpec().getPortsList().stream()
                        .filter(p -> p.getProtocol().isEmpty() || p.getProtocol().equals("TCP"))
                        .filter(meant)
                        .findFirst();
        if (found.isEmpty()) {
            return new Backend.Lacking("BackendNotFound", key + " has no TCP port " + port + ".");
        }
        if (NOT_SPOKEN.contains(found.get().getAppProtocol())) {
            return new Backend.Lacking(
                    "UnsupportedProtocol",
                    "Port %s of %s speaks %s, which is not served."
                            .formatted(port, key, found.get().getAppProtocol()));
        }
        return new Backend.Found(
                new dev.weir.routing.ServicePort(namespace, name, found.get().getPort()));
    }
}
