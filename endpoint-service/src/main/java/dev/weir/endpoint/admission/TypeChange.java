package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.NodePort;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a Service loses that becomes one of another type or policy.
 *
 * <p>A field that the new one has no use for goes, if it is as it was before: then the writer need
 * not know of it. One that the writer changed as well stays, and is judged (registry/core/service,
 * dropTypeDependentFields).
 */
final class TypeChange {
    private TypeChange() {}

    static void wipe(ServiceSpec old, ServiceSpec.Builder spec) {
        if (!external(old) && external(spec)) {
            addresses(old, spec);
        }
        boolean reachable = NodePort.reachable(old.getType());
        if (reachable
                && !NodePort.reachable(spec.getType())
                && numbers(old).containsAll(numbers(spec))) {
            spec.getPortsBuilderList().forEach(ServicePort.Builder::clearNodePort);
        }
        if (ServiceAdmission.needsHealthCheck(old)
                && !ServiceAdmission.needsHealthCheck(spec)
                && spec.getHealthCheckNodePort() == old.getHealthCheckNodePort()) {
            spec.clearHealthCheckNodePort();
        }
        if (balanced(old) && !balanced(spec)) {
            loadBalancer(old, spec);
        }
        if (ServiceAdmission.isExposed(old)
                && !ServiceAdmission.isExposed(spec)
                && spec.getExternalTrafficPolicy().equals(old.getExternalTrafficPolicy())) {
            spec.clearExternalTrafficPolicy();
        }
        if (!spec.getSessionAffinity().equals(old.getSessionAffinity())
                && spec.getSessionAffinity().equals("None")
                && spec.getSessionAffinityConfig().equals(old.getSessionAffinityConfig())) {
            spec.clearSessionAffinityConfig();
        }
    }

    private static void addresses(ServiceSpec old, ServiceSpec.Builder spec) {
        boolean named = spec.getClusterIpsCount() > 0;
        if (spec.getClusterIp().equals(old.getClusterIp())
                && (!named || spec.getClusterIpsList().equals(old.getClusterIpsList()))) {
            spec.clearClusterIp().clearClusterIps();
        }
        if (spec.getIpFamiliesList().equals(old.getIpFamiliesList())) {
            spec.clearIpFamilies();
        }
        if (spec.getIpFamilyPolicy().equals(old.getIpFamilyPolicy())) {
            spec.clearIpFamilyPolicy();
        }
    }

    private static void loadBalancer(ServiceSpec old, ServiceSpec.Builder spec) {
        if (spec.getAllocateLoadBalancerNodePorts() == old.getAllocateLoadBalancerNodePorts()) {
            spec.clearAllocateLoadBalancerNodePorts();
        }
        if (spec.getLoadBalancerClass().equals(old.getLoadBalancerClass())) {
            spec.clearLoadBalancerClass();
        }
    }

    private static Set<Integer> numbers(ServiceSpecOrBuilder spec) {
        return spec.getPortsList().stream()
                .map(ServicePort::getNodePort)
                .filter(number -> number != 0)
                .collect(Collectors.toSet());
    }

    private static boolean external(ServiceSpecOrBuilder spec) {
        return spec.getType().equals(ServiceAdmission.EXTERNAL_NAME);
    }

    private static boolean balanced(ServiceSpecOrBuilder spec) {
        return spec.getType().equals(ServiceAdmission.LOAD_BALANCER);
    }
}
