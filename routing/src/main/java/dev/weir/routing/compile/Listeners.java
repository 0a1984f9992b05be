package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.Listener;
import dev.weir.route.v1.RouteGroupKind;
import dev.weir.route.v1.SecretObjectReference;
import dev.weir.routing.compile.Certificates.Outcome;
import dev.weir.routing.compile.Verdicts.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Judges each listener by itself, without a look at the others. */
final class Listeners {
    private static final RouteGroupKind HTTP_ROUTE =
            RouteGroupKind.newBuilder()
                    .setGroup(Grants.GATEWAY_GROUP)
                    .setKind(Kinds.HTTP_ROUTE.name())
                    .build();

    private final Set<Integer> ports;
    private final Certificates certificates;
    private final Grants grants;

    /**
     * @param ports that clients reach
     */
    Listeners(Set<Integer> ports, Certificates certificates, Grants grants) {
        this.ports = ports;
        this.certificates = certificates;
        this.grants = grants;
    }

    List<Entrance> of(Gateway object) {
        Key gateway = Kinds.GATEWAY.key(object.getMetadata());
        List<Entrance> entrances = new ArrayList<>();
        for (int i = 0; i < object.getSpec().getListenersCount(); i++) {
            entrances.add(of(gateway, i, object.getSpec().getListeners(i)));
        }
        return entrances;
    }

    private Entrance of(Key gateway, int index, Listener listener) {
        boolean tls = listener.getProtocol().equals(Entrance.HTTPS);
        boolean http = tls || listener.getProtocol().equals(Entrance.HTTP);
        List<RouteGroupKind> wanted = listener.getAllowedRoutes().getKindsList();
        List<RouteGroupKind> kinds =
                http && (wanted.isEmpty() || wanted.stream().anyMatch(Listeners::isHttpRoute))
                        ? List.of(HTTP_ROUTE)
                        : List.of();
        List<String> lacking = new ArrayList<>();
        List<Outcome.Usable> usable = new ArrayList<>();
        String reason = tls ? certificates(gateway, listener, usable, lacking) : "";
        boolean foreign = http && !wanted.stream().allMatch(Listeners::isHttpRoute);
        if (foreign) {
            lacking.add("Only HTTPRoutes are served.");
        }
        return new Entrance(
                gateway,
                index,
                listener,
                HostPattern.ofGateway(listener.getHostname()),
                kinds,
                accepted(listener),
                Finding.no("NoConflicts", ""),
                lacking.isEmpty()
                        ? Finding.yes("ResolvedRefs")
                        : Finding.no(foreign ? "InvalidRouteKinds" : reason, Words.joined(lacking)),
                usable);
    }

    private static boolean isHttpRoute(RouteGroupKind kind) {
        return kind.getKind().equals(HTTP_ROUTE.getKind())
                && (!kind.hasGroup() || kind.getGroup().equals(HTTP_ROUTE.getGroup()));
    }

    private Finding accepted(Listener listener) {
        return switch (listener.getProtocol()) {
            case Entrance.HTTP -> open(listener);
            case Entrance.HTTPS -> {
                if (listener.getTls().hasMode()
                        && !listener.getTls().getMode().equals("Terminate")) {
                    yield Finding.no("UnsupportedValue", "Only TLS mode Terminate is served.");
                }
                yield listener.getTls().getOptionsCount() > 0
                        ? Finding.no("UnsupportedValue", "There are no TLS options here.")
                        : open(listener);
            }
            default ->
                    Finding.no(
                            "UnsupportedProtocol",
                            "Protocol " + listener.getProtocol() + " is not served.");
        };
    }

    private Finding open(Listener listener) {
        String from = Attachments.from(listener);
        if (!Attachments.NAMESPACES.contains(from)) {
            return Finding.no(
                    "UnsupportedValue", "Routes from namespaces \"" + from + "\" are not served.");
        }
        return ports.contains(listener.getPort())
                ? Finding.yes("Accepted")
                : Finding.no(
                        "PortUnavailable",
                        "%s has no port %d.".formatted(IngressService.KEY, listener.getPort()));
    }

    /** Answers the reason why one of them cannot be used. */
    private String certificates(
            Key gateway, Listener listener, List<Outcome.Usable> usable, List<String> lacking) {
        String reason = "InvalidCertificateRef";
        if (listener.getTls().getCertificateRefsCount() == 0) {
            lacking.add("There is no certificateRef.");
        }
        for (SecretObjectReference reference : listener.getTls().getCertificateRefsList()) {
            Key secret =
                    Kinds.SECRET.key(
                            reference.getNamespace().isEmpty()
                                    ? gateway.namespace()
                                    : reference.getNamespace(),
                            reference.getName());
            if (!reference.getGroup().isEmpty()
                    || (reference.hasKind() && !reference.getKind().equals("Secret"))) {
                lacking.add(reference.getKind() + " " + reference.getName() + " is no Secret.");
            } else if (!grants.permit(gateway, secret)) {
                reason = "RefNotPermitted";
                lacking.add(
                        "No ReferenceGrant in %s lets %s refer to %s."
                                .formatted(secret.namespace(), gateway, secret));
            } else {
                switch (certificates.find(secret)) {
                    case Outcome.Usable found -> usable.add(found);
                    case Outcome.Unusable(var message) -> lacking.add(message);
                }
            }
        }
        return reason;
    }
}
