package dev.weir.endpoint.admission;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.balance.Wish;
import dev.weir.model.FieldError;
import dev.weir.model.IpAddress;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import dev.weir.model.check.Networks;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.ServiceOrBuilder;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.HashSet;
import java.util.Set;

/** What only a Service of type LoadBalancer may have. */
final class LoadBalancerChecks {
    /** The form of loadBalancerSourceRanges before the field was there: CIDRs with commas. */
    static final String SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

    /** Who takes the traffic of an address: this cluster's nodes, or a proxy before them. */
    static final String VIP = "VIP";

    private static final String PROXY = "Proxy";

    private static final String ONLY_LOAD_BALANCER =
            "may only be used when `type` is 'LoadBalancer'";

    private LoadBalancerChecks() {}

    static void check(ServiceOrBuilder service, FieldErrors errors) {
        ServiceSpecOrBuilder spec = service.getSpecOrBuilder();
        boolean balanced = spec.getType().equals(ServiceAdmission.LOAD_BALANCER);
        if (balanced) {
            wishes(service.getMetadata(), errors);
        }
        sourceRanges(service, balanced, errors);
        if (!balanced && spec.hasAllocateLoadBalancerNodePorts()) {
            errors.forbidden("spec.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER);
        }
        if (!balanced && spec.hasLoadBalancerClass()) {
            errors.forbidden("spec.loadBalancerClass", ONLY_LOAD_BALANCER);
        } else if (spec.hasLoadBalancerClass()) {
            errors.invalid(
                    "spec.loadBalancerClass",
                    spec.getLoadBalancerClass(),
                    Names.qualifiedName(spec.getLoadBalancerClass()));
        }
        var ingress = service.getStatus().getLoadBalancer().getIngressList();
        for (int i = 0; i < ingress.size(); i++) {
            ingress("status.loadBalancer.ingress[" + i + "]", ingress.get(i), errors);
        }
    }

    private static void wishes(ObjectMeta metadata, FieldErrors errors) {
        String path = "metadata.annotations[" + Wish.ADDRESSES + "]";
        Set<Boolean> families = new HashSet<>();
        for (String text : Wish.texts(metadata.getAnnotationsOrDefault(Wish.ADDRESSES, ""))) {
            Networks.ordinaryAddress(path, text, errors)
                    .filter(address -> !families.add(address.v6()))
                    .ifPresent(
                            address ->
                                    errors.invalid(
                                            path,
                                            text,
                                            "may hold no more than one IP for each IP"
                                                    + " family"));
        }
        if (metadata.containsAnnotations(Wish.POOL)) {
            String pool = metadata.getAnnotationsOrThrow(Wish.POOL);
            errors.invalid(
                    "metadata.annotations[" + Wish.POOL + "]", pool, Names.dns1123Subdomain(pool));
        }
    }

    private static void sourceRanges(
            ServiceOrBuilder service, boolean balanced, FieldErrors errors) {
        ServiceSpecOrBuilder spec = service.getSpecOrBuilder();
        String annotation =
                service.getMetadata().getAnnotationsOrDefault(SOURCE_RANGES, "").strip();
        if (spec.getLoadBalancerSourceRangesCount() > 0) {
            if (!balanced) {
                errors.forbidden("spec.loadBalancerSourceRanges", ONLY_LOAD_BALANCER);
            }
            for (int i = 0; i < spec.getLoadBalancerSourceRangesCount(); i++) {
                Networks.cidr(
                        "spec.loadBalancerSourceRanges[" + i + "]",
                        spec.getLoadBalancerSourceRanges(i).strip(),
                        Set.of(),
                        errors);
            }
        } else if (service.getMetadata().containsAnnotations(SOURCE_RANGES)) {
            String path = "metadata.annotations[" + SOURCE_RANGES + "]";
            if (!balanced) {
                errors.forbidden(path, ONLY_LOAD_BALANCER);
            }
            if (!annotation.isEmpty()) {
                for (String range : annotation.split(",", -1)) {
                    Networks.cidr(path, range.strip(), Set.of(), errors);
                }
            }
        }
    }

    /** Of a status that another load balancer wrote. */
    private static void ingress(String path, LoadBalancerIngress ingress, FieldErrors errors) {
        if (!ingress.getIp().isEmpty()) {
            Networks.address(path + ".ip", ingress.getIp(), errors);
        }
        if (ingress.hasIpMode() && ingress.getIp().isEmpty()) {
            errors.forbidden(path + ".ipMode", "may not be specified when `ip` is not set");
        } else if (ingress.hasIpMode()
                && !ingress.getIpMode().equals(VIP)
                && !ingress.getIpMode().equals(PROXY)) {
            errors.add(FieldError.notSupported(path + ".ipMode", ingress.getIpMode(), PROXY, VIP));
        }
        if (!ingress.getHostname().isEmpty()) {
            errors.invalid(
                    path + ".hostname",
                    ingress.getHostname(),
                    Names.dns1123Subdomain(ingress.getHostname()));
            if (IpAddress.parse(ingress.getHostname()).isPresent()) {
                errors.invalid(
                        path + ".hostname",
                        ingress.getHostname(),
                        "must be a DNS name, not an IP address");
            }
        }
    }
}
