package dev.weir.endpoint.admission;

import dev.weir.model.check.FieldErrors;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.List;

/**
 * What may not change: the primary address and family, the class of a load balancer, and the port
 * of its health check. A second address may come, or go on request.
 */
final class ServiceChanges {
    private static final String ONCE = "may not change once set";
    private static final String SINGLE_STACK = "SingleStack";

    private ServiceChanges() {}

    static void check(ServiceSpec old, ServiceSpecOrBuilder spec, FieldErrors errors) {
        loadBalancer(old, spec, errors);
        if (old.getType().equals(ServiceAdmission.EXTERNAL_NAME)
                || spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            return;
        }
        unchanged("spec.clusterIPs", old.getClusterIpsList(), spec.getClusterIpsList(), errors);
        unchanged("spec.ipFamilies", old.getIpFamiliesList(), spec.getIpFamiliesList(), errors);
        released(
                old.getClusterIpsCount() > spec.getClusterIpsCount(),
                "must be 'SingleStack' to release the secondary cluster IP",
                spec,
                errors);
        released(
                spec.getIpFamiliesCount() > 0
                        && old.getIpFamiliesCount() > spec.getIpFamiliesCount(),
                "must be 'SingleStack' to release the secondary IP family",
                spec,
                errors);
    }

    private static void loadBalancer(
            ServiceSpec old, ServiceSpecOrBuilder spec, FieldErrors errors) {
        boolean stays =
                old.getType().equals(ServiceAdmission.LOAD_BALANCER)
                        && spec.getType().equals(ServiceAdmission.LOAD_BALANCER);
        if (stays
                && (old.hasLoadBalancerClass() != spec.hasLoadBalancerClass()
                        || !old.getLoadBalancerClass().equals(spec.getLoadBalancerClass()))) {
            errors.invalid(
                    "spec.loadBalancerClass",
                    spec.hasLoadBalancerClass() ? spec.getLoadBalancerClass() : "null",
                    ONCE);
        }
        if (ServiceAdmission.needsHealthCheck(old)
                && ServiceAdmission.needsHealthCheck(spec)
                && old.getHealthCheckNodePort() != spec.getHealthCheckNodePort()) {
            errors.forbidden("spec.healthCheckNodePort", "field is immutable");
        }
    }

    private static void unchanged(
            String path, List<String> old, List<String> now, FieldErrors errors) {
        for (int i = 0; i < Math.min(old.size(), now.size()); i++) {
            if (!old.get(i).equals(now.get(i))) {
                errors.invalid(path + "[" + i + "]", now, ONCE);
            }
        }
    }

    private static void released(
            boolean fewer, String message, ServiceSpecOrBuilder spec, FieldErrors errors) {
        if (fewer && !spec.getIpFamilyPolicy().equals(SINGLE_STACK)) {
            errors.invalid("spec.ipFamilyPolicy", spec.getIpFamilyPolicy(), message);
        }
    }
}
