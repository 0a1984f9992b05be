package dev.weir.endpoint.admission;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.net.v1.ServiceOrBuilder;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.Set;

/** What a Service with its defaults must be like, whatever it was before. */
final class ServiceChecks {
    private static final int KUBELET_PORT = 10_250;
    private static final int LONGEST_AFFINITY = 86_400;

    /** How an endpoint is chosen for a new connection. */
    static final String ALGORITHM = "weir.dev/load-balancing";

    /** Of the same meaning; the second one is the older. */
    private static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";

    private static final String TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints";

    private ServiceChecks() {}

    static void check(ServiceOrBuilder service, FieldErrors errors) {
        ServiceSpecOrBuilder spec = service.getSpecOrBuilder();
        Metadata.check(service.getMetadata(), true, Names::dns1035Label, errors);
        annotations(service.getMetadata(), errors);
        type(spec, errors);
        ServicePorts.check(spec, errors);
        Metadata.labels("spec.selector", spec.getSelectorMap(), errors);
        affinity(spec, errors);
        if (!spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            IpFamilies.check(spec, errors);
        }
        externalIps(spec, errors);
        LoadBalancerChecks.check(service, errors);
        policies(spec, errors);
    }

    private static void annotations(ObjectMeta metadata, FieldErrors errors) {
        String algorithm = metadata.getAnnotationsOrDefault(ALGORITHM, "random");
        switch (algorithm) {
            case "random", "round-robin", "source-hash" -> {}
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    "metadata.annotations[" + ALGORITHM + "]",
                                    algorithm,
                                    "random",
                                    "round-robin",
                                    "source-hash"));
        }
        String mode = metadata.getAnnotationsOrDefault(TOPOLOGY_MODE, "");
        if (metadata.containsAnnotations(TOPOLOGY_MODE)
                && !metadata.getAnnotationsOrDefault(TOPOLOGY_HINTS, mode).equals(mode)) {
            errors.invalid(
                    "metadata.annotations[" + TOPOLOGY_MODE + "]",
                    mode,
                    "must match annotations[" + TOPOLOGY_HINTS + "] when both are specified");
        }
    }

    private static void type(ServiceSpecOrBuilder spec, FieldErrors errors) {
        String type = spec.getType();
        switch (type) {
            case ServiceAdmission.CLUSTER_IP -> {}
            case ServiceAdmission.LOAD_BALANCER, ServiceAdmission.NODE_PORT -> {
                if (ServiceAdmission.isHeadless(spec)) {
                    errors.invalid(
                            "spec.clusterIPs[0]",
                            ServiceAdmission.NONE,
                            "may not be set to 'None' for " + type + " services");
                }
                for (int i = 0; i < spec.getPortsCount(); i++) {
                    if (type.equals(ServiceAdmission.LOAD_BALANCER)
                            && spec.getPorts(i).getPort() == KUBELET_PORT) {
                        errors.invalid(
                                "spec.ports[" + i + "]",
                                KUBELET_PORT,
                                "may not expose port 10250 externally since it is used by kubelet");
                    }
                }
            }
            case ServiceAdmission.EXTERNAL_NAME -> externalName(spec, errors);
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    "spec.type",
                                    type,
                                    ServiceAdmission.CLUSTER_IP,
                                    ServiceAdmission.EXTERNAL_NAME,
                                    ServiceAdmission.LOAD_BALANCER,
                                    ServiceAdmission.NODE_PORT));
        }
    }

    private static void externalName(ServiceSpecOrBuilder spec, FieldErrors errors) {
        String notForUs = "may not be set for ExternalName services";
        if (spec.getClusterIpsCount() > 0) {
            errors.forbidden("spec.clusterIPs", notForUs);
        }
        if (spec.getIpFamiliesCount() > 0) {
            errors.forbidden("spec.ipFamilies", notForUs);
        }
        if (spec.hasIpFamilyPolicy()) {
            errors.forbidden("spec.ipFamilyPolicy", notForUs);
        }
        String name = spec.getExternalName();
        if (name.isEmpty()) {
            errors.required("spec.externalName", "");
        } else {
            errors.invalid("spec.externalName", name, Names.dns1123Subdomain(name));
        }
    }

    private static void affinity(ServiceSpecOrBuilder spec, FieldErrors errors) {
        switch (spec.getSessionAffinity()) {
            case "ClientIP" -> {
                int seconds = spec.getSessionAffinityConfig().getClientIp().getTimeoutSeconds();
                if (seconds < 1 || seconds > LONGEST_AFFINITY) {
                    errors.invalid(
                            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                            seconds,
                            "must be greater than 0 and less than " + LONGEST_AFFINITY);
                }
            }
            case "None" -> {
                if (spec.hasSessionAffinityConfig()) {
                    errors.forbidden(
                            "spec.sessionAffinityConfig",
                            "must not be set when session affinity is None");
                }
            }
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    "spec.sessionAffinity",
                                    spec.getSessionAffinity(),
                                    "ClientIP",
                                    "None"));
        }
    }

    private static void externalIps(ServiceSpecOrBuilder spec, FieldErrors errors) {
        for (int i = 0; i < spec.getExternalIpsCount(); i++) {
            Networks.ordinaryAddress("spec.externalIPs[" + i + "]", spec.getExternalIps(i), errors);
        }
    }

    private static void policies(ServiceSpecOrBuilder spec, FieldErrors errors) {
        String external = spec.getExternalTrafficPolicy();
        if (!external.isEmpty() && !ServiceAdmission.isExposed(spec)) {
            errors.invalid(
                    "spec.externalTrafficPolicy",
                    external,
                    "may only be set for externally-accessible services");
        } else if (!external.isEmpty()) {
            scope("spec.externalTrafficPolicy", external, errors);
        }
        if (spec.getHealthCheckNodePort() != 0 && !ServiceAdmission.needsHealthCheck(spec)) {
            errors.invalid(
                    "spec.healthCheckNodePort",
                    spec.getHealthCheckNodePort(),
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is"
                            + " 'Local'");
        }
        if (spec.hasInternalTrafficPolicy()) {
            scope("spec.internalTrafficPolicy", spec.getInternalTrafficPolicy(), errors);
        }
        if (spec.hasTrafficDistribution()
                && !Set.of("PreferClose", "PreferSameNode", "PreferSameZone")
                        .contains(spec.getTrafficDistribution())) {
            errors.add(
                    FieldError.notSupported(
                            "spec.trafficDistribution",
                            spec.getTrafficDistribution(),
                            "PreferClose",
                            "PreferSameNode",
                            "PreferSameZone"));
        }
    }

    private static void scope(String path, String policy, FieldErrors errors) {
        if (!policy.equals("Cluster") && !policy.equals("Local")) {
            errors.add(FieldError.notSupported(path, policy, "Cluster", "Local"));
        }
    }
}
