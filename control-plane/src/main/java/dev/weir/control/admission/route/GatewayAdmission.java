package dev.weir.control.admission.route;

import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewaySpec;
import dev.weir.route.v1.Listener;
import dev.weir.route.v1.SecretObjectReference;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Gateways and their listeners. Whether listeners conflict is a condition, not an error. */
public final class GatewayAdmission {
    static final int MOST_LISTENERS = 64;
    static final int MOST_ADDRESSES = 16;
    private static final int MOST_CERTIFICATES = 64;
    private static final Pattern PROTOCOL =
            Pattern.compile(
                    "[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+");
    private static final Set<String> PLAIN = Set.of("HTTP", "TCP", "UDP");

    private GatewayAdmission() {}

    public static Judgement<Gateway> admit(
            Optional<Gateway> old, Gateway requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.GATEWAY, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Gateway.Builder gateway = requested.toBuilder();
        if (old.isEmpty()) {
            gateway.clearStatus();
        }
        gateway.getSpecBuilder().getListenersBuilderList().forEach(GatewayAdmission::complete);
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        spec(gateway.getSpec(), errors);
        return Judgement.of(Kinds.GATEWAY, name, gateway.build(), errors.list());
    }

    private static void complete(Listener.Builder listener) {
        var namespaces = listener.getAllowedRoutesBuilder().getNamespacesBuilder();
        if (!namespaces.hasFrom()) {
            namespaces.setFrom("Same");
        }
        if (listener.hasTls()) {
            var tls = listener.getTlsBuilder();
            if (!tls.hasMode()) {
                tls.setMode("Terminate");
            }
            for (SecretObjectReference.Builder ref : tls.getCertificateRefsBuilderList()) {
                ref.setGroup(ref.getGroup()).setKind(ref.hasKind() ? ref.getKind() : "Secret");
            }
        }
    }

    private static void spec(GatewaySpec spec, FieldErrors errors) {
        if (spec.getGatewayClassName().isEmpty()) {
            errors.required("spec.gatewayClassName", "");
        }
        if (spec.getListenersCount() == 0) {
            errors.required("spec.listeners", "");
        }
        errors.tooMany("spec.listeners", spec.getListenersCount(), MOST_LISTENERS);
        errors.tooMany("spec.addresses", spec.getAddressesCount(), MOST_ADDRESSES);
        Set<String> names = new HashSet<>();
        Set<List<Object>> identities = new HashSet<>();
        for (int i = 0; i < spec.getListenersCount(); i++) {
            Listener listener = spec.getListeners(i);
            String path = "spec.listeners[" + i + "]";
            if (!names.add(listener.getName())) {
                errors.invalid(
                        "spec.listeners",
                        listener.getName(),
                        "Listener name must be unique within the Gateway");
            }
            if (!identities.add(
                    List.of(listener.getPort(), listener.getProtocol(), listener.getHostname()))) {
                errors.invalid(
                        "spec.listeners",
                        listener.getName(),
                        "Combination of port, protocol and hostname must be unique for each"
                                + " listener");
            }
            listener(path, listener, errors);
        }
    }

    private static void listener(String path, Listener listener, FieldErrors errors) {
        if (listener.getName().isEmpty()) {
            errors.required(path + ".name", "");
        } else {
            errors.invalid(
                    path + ".name", listener.getName(), Names.dns1123Subdomain(listener.getName()));
        }
        errors.invalid(path + ".port", listener.getPort(), Names.portNumber(listener.getPort()));
        String protocol = listener.getProtocol();
        if (protocol.isEmpty()) {
            errors.required(path + ".protocol", "");
        } else if (!PROTOCOL.matcher(protocol).matches()) {
            errors.invalid(path + ".protocol", protocol, "should match '" + PROTOCOL + "'");
        }
        if (!listener.getHostname().isEmpty()) {
            if (protocol.equals("TCP") || protocol.equals("UDP")) {
                errors.invalid(
                        path,
                        listener.getName(),
                        "hostname must not be specified for protocols ['TCP', 'UDP']");
            }
            HostNames.check(path + ".hostname", listener.getHostname(), errors);
        }
        if (listener.hasTls()) {
            tls(path, listener, errors);
        }
        allowed(path + ".allowedRoutes", listener, errors);
    }

    private static void tls(String path, Listener listener, FieldErrors errors) {
        String mode = listener.getTls().getMode();
        if (PLAIN.contains(listener.getProtocol())) {
            errors.invalid(
                    path,
                    listener.getName(),
                    "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']");
        }
        if (!mode.equals("Terminate") && !mode.equals("Passthrough")) {
            errors.add(
                    FieldError.notSupported(path + ".tls.mode", mode, "Terminate", "Passthrough"));
        }
        if (listener.getProtocol().equals("HTTPS") && !mode.equals("Terminate")) {
            errors.invalid(
                    path, listener.getName(), "tls mode must be Terminate for protocol HTTPS");
        }
        List<SecretObjectReference> refs = listener.getTls().getCertificateRefsList();
        errors.tooMany(path + ".tls.certificateRefs", refs.size(), MOST_CERTIFICATES);
        if (mode.equals("Terminate")
                && refs.isEmpty()
                && listener.getTls().getOptionsCount() == 0) {
            errors.invalid(
                    path + ".tls",
                    mode,
                    "certificateRefs or options must be specified when mode is Terminate");
        }
        for (int i = 0; i < refs.size(); i++) {
            if (refs.get(i).getName().isEmpty()) {
                errors.required(path + ".tls.certificateRefs[" + i + "].name", "");
            }
        }
    }

    private static void allowed(String path, Listener listener, FieldErrors errors) {
        var namespaces = listener.getAllowedRoutes().getNamespaces();
        switch (namespaces.getFrom()) {
            case "Same", "All" -> {}
            case "Selector" ->
                    LabelSelectors.check(
                            path + ".namespaces.selector", namespaces.getSelector(), errors);
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    path + ".namespaces.from",
                                    namespaces.getFrom(),
                                    "All",
                                    "Selector",
                                    "Same"));
        }
        errors.tooMany(path + ".kinds", listener.getAllowedRoutes().getKindsCount(), 8);
    }
}
