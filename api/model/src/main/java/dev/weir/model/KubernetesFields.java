package dev.weir.model;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fields that Kubernetes has and our messages have not, and what a manifest that carries them means
 * to us.
 */
final class KubernetesFields {
    /** Written by an API server or by its controllers, without a meaning here. */
    private static final Map<String, Set<String>> IGNORED =
            Map.of(
                    "ObjectMeta",
                    Set.of(
                            "deletionGracePeriodSeconds",
                            "managedFields",
                            "ownerReferences",
                            "selfLink"),
                    "Namespace",
                    Set.of("spec"));

    /** Inside these fields, and below, what we do not know is none of the network's business. */
    private static final Map<String, Set<String>> OPEN =
            Map.of(
                    "Namespace", Set.of("status"),
                    "Node", Set.of("status"),
                    "Pod", Set.of("spec", "status"),
                    "Service", Set.of("status"),
                    "Ingress", Set.of("status"),
                    "GatewayClass", Set.of("status"),
                    "Gateway", Set.of("status"),
                    "HttpRoute", Set.of("status"));

    private static final String NOT_YET = "not supported";

    /** About the network, but not to be had: passing over them would promise what is not done. */
    private static final Map<String, Map<String, String>> REFUSED =
            Map.of(
                    "Probe",
                    Map.of(
                            "exec",
                            "expected tcpSocket, httpGet or grpc: exec probes are not supported"),
                    "TcpSocketAction",
                    Map.of("host", "not supported: the probe goes to the pod itself"),
                    "HttpGetAction",
                    Map.of(
                            "host", "not supported: the probe goes to the pod itself",
                            "httpHeaders", "not supported",
                            "scheme", "expected \"HTTP\": TLS probes are not supported"),
                    "HttpRouteFilter",
                    Map.of(
                            "cors", NOT_YET,
                            "extensionRef", NOT_YET,
                            "requestMirror", NOT_YET,
                            "urlRewrite", NOT_YET),
                    "HttpRouteRule",
                    Map.of("retry", NOT_YET, "sessionPersistence", NOT_YET),
                    "GatewaySpec",
                    Map.of("allowedListeners", NOT_YET, "infrastructure", NOT_YET, "tls", NOT_YET),
                    "ListenerTlsConfig",
                    Map.of("frontendValidation", NOT_YET),
                    "ContainerPort",
                    Map.of("hostPort", "not supported", "hostIP", "not supported"));

    private KubernetesFields() {}

    static boolean isIgnored(Descriptor message, String field) {
        return IGNORED.getOrDefault(message.getName(), Set.of()).contains(field);
    }

    static boolean isOpen(Descriptor message, String field) {
        return OPEN.getOrDefault(message.getName(), Set.of()).contains(field);
    }

    /** Why a field that is not ours cannot be accepted. */
    static Optional<String> refusal(Descriptor message, String field) {
        return Optional.ofNullable(REFUSED.getOrDefault(message.getName(), Map.of()).get(field));
    }
}
