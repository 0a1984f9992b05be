package dev.weir.endpoint.admission;

import dev.weir.core.v1.IntOrString;
import dev.weir.model.IpAddress;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.List;
import java.util.Optional;

/**
 * What a Service has where its writer says nothing; what an update leaves out of the allocated
 * fields stays as it was.
 */
final class ServiceDefaults {
    /** Seconds that a client stays with its endpoint. */
    static final int AFFINITY_TIMEOUT = 10_800;

    private ServiceDefaults() {}

    static void apply(Optional<Service> old, Service.Builder service) {
        if (old.isEmpty()) {
            service.clearStatus();
        }
        ServiceSpec.Builder spec = service.getSpecBuilder();
        if (spec.getType().isEmpty()) {
            spec.setType(ServiceAdmission.CLUSTER_IP);
        }
        if (spec.getSessionAffinity().isEmpty()) {
            spec.setSessionAffinity("None");
        }
        if (spec.getSessionAffinity().equals("ClientIP")
                && !spec.getSessionAffinityConfig().getClientIp().hasTimeoutSeconds()) {
            spec.getSessionAffinityConfigBuilder()
                    .getClientIpBuilder()
                    .setTimeoutSeconds(AFFINITY_TIMEOUT);
        }
        spec.getPortsBuilderList().forEach(ServiceDefaults::port);
        old.ifPresent(before -> TypeChange.wipe(before.getSpec(), spec));
        policies(spec);
        loadBalancer(service);
        if (spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            externalName(spec);
        } else {
            old.ifPresent(before -> keepAddresses(before.getSpec(), spec));
        }
        old.ifPresent(before -> KeptPorts.keep(before, spec));
        alignAddresses(old, spec);
    }

    private static void policies(ServiceSpec.Builder spec) {
        if (!spec.hasInternalTrafficPolicy()
                && !spec.getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            spec.setInternalTrafficPolicy("Cluster");
        }
        if (spec.getExternalTrafficPolicy().isEmpty() && ServiceAdmission.isExposed(spec)) {
            spec.setExternalTrafficPolicy("Cluster");
        }
    }

    /** The status of a load balancer goes with it. */
    private static void loadBalancer(Service.Builder service) {
        ServiceSpec.Builder spec = service.getSpecBuilder();
        if (!spec.getType().equals(ServiceAdmission.LOAD_BALANCER)) {
            if (service.getStatus().hasLoadBalancer()) {
                service.getStatusBuilder().clearLoadBalancer();
            }
            return;
        }
        if (!spec.hasAllocateLoadBalancerNodePorts()) {
            spec.setAllocateLoadBalancerNodePorts(true);
        }
        if (service.getStatus().getLoadBalancer().getIngressCount() > 0) {
            service.getStatusBuilder()
                    .getLoadBalancerBuilder()
                    .getIngressBuilderList()
                    .forEach(ServiceDefaults::ingress);
        }
    }

    private static void ingress(LoadBalancerIngress.Builder ingress) {
        if (!ingress.getIp().isEmpty() && !ingress.hasIpMode()) {
            ingress.setIpMode(LoadBalancerChecks.VIP);
        }
    }

    /** Without the dot that says that nothing is to be appended. */
    private static void externalName(ServiceSpec.Builder spec) {
        String name = spec.getExternalName();
        if (name.endsWith(".")) {
            spec.setExternalName(name.substring(0, name.length() - 1));
        }
    }

    private static void port(ServicePort.Builder port) {
        if (port.getProtocol().isEmpty()) {
            port.setProtocol("TCP");
        }
        IntOrString target = port.getTargetPort();
        boolean unset =
                switch (target.getValueCase()) {
                    case INT_VAL -> target.getIntVal() == 0;
                    case STR_VAL -> target.getStrVal().isEmpty();
                    case VALUE_NOT_SET -> true;
                };
        if (unset) {
            port.setTargetPort(IntOrString.newBuilder().setIntVal(port.getPort()));
        }
    }

    private static void keepAddresses(ServiceSpec old, ServiceSpec.Builder spec) {
        if (old.getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            return;
        }
        if (!spec.hasIpFamilyPolicy() && old.hasIpFamilyPolicy()) {
            spec.setIpFamilyPolicy(old.getIpFamilyPolicy());
        }
        boolean unnamed = spec.getClusterIp().isEmpty() && spec.getClusterIpsCount() == 0;
        boolean same = spec.getClusterIp().equals(old.getClusterIp());
        if (unnamed || same && spec.getClusterIpsCount() == 0) {
            spec.setClusterIp(old.getClusterIp())
                    .clearClusterIps()
                    .addAllClusterIps(old.getClusterIpsList());
        }
        if (spec.getIpFamiliesCount() == 0
                && spec.getClusterIpsList().equals(old.getClusterIpsList())) {
            spec.addAllIpFamilies(old.getIpFamiliesList());
        }
    }

    /** One of clusterIP and clusterIPs is enough; addresses are stored in their canonical form. */
    private static void alignAddresses(Optional<Service> old, ServiceSpec.Builder spec) {
        List<String> texts =
                spec.getClusterIpsList().stream().map(ServiceDefaults::canonical).toList();
        spec.setClusterIp(canonical(spec.getClusterIp())).clearClusterIps().addAllClusterIps(texts);
        boolean listIsOld =
                old.isPresent() && old.get().getSpec().getClusterIpsList().equals(texts);
        boolean onlyFirstChanged =
                listIsOld
                        && !spec.getClusterIp().isEmpty()
                        && !spec.getClusterIp().equals(old.get().getSpec().getClusterIp());
        if (onlyFirstChanged && texts.size() == 1
                || texts.isEmpty() && !spec.getClusterIp().isEmpty()) {
            spec.clearClusterIps().addClusterIps(spec.getClusterIp());
        } else if (!texts.isEmpty() && spec.getClusterIp().isEmpty()) {
            spec.setClusterIp(texts.getFirst());
        }
    }

    private static String canonical(String text) {
        return IpAddress.parse(text).map(IpAddress::toString).orElse(text);
    }
}
