package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.Allocations;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceSpecOrBuilder;
import java.util.Optional;

/**
 * Services, by the rules of Kubernetes' v1: defaults, checks, addresses and node ports, in this
 * order.
 */
public final class ServiceAdmission {
    static final String CLUSTER_IP = "ClusterIP";
    static final String NODE_PORT = "NodePort";
    static final String LOAD_BALANCER = "LoadBalancer";
    static final String EXTERNAL_NAME = "ExternalName";

    /** In place of an address: a headless Service. */
    static final String NONE = "None";

    private ServiceAdmission() {}

    /**
     * The Service as it is to be stored, addresses and node ports included: the caller follows it
     * with {@link Allocations#after}.
     *
     * @param others what other Services have, uncommitted writes included
     */
    public static Judgement<Service> admit(
            Optional<Service> old,
            Service requested,
            NamespaceState namespace,
            Allocations others) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.SERVICE, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Service.Builder service = requested.toBuilder();
        ServiceDefaults.apply(old, service);
        BalancedStatus.keep(old, service);

        FieldErrors errors = new FieldErrors();
        ServiceChecks.check(service, errors);
        old.ifPresent(
                before -> ServiceChanges.check(before.getSpec(), service.getSpecBuilder(), errors));
        if (errors.isEmpty()) {
            IpFamilies.settle(
                    old.map(Service::getSpec),
                    service.getSpecBuilder(),
                    others.addresses(),
                    errors);
            BalancedStatus.check(old, service.build(), others.tenants(), errors);
        }
        if (!errors.isEmpty()) {
            return new Judgement.Refused<>(Failure.invalid(Kinds.SERVICE, name, errors.list()));
        }
        return switch (Addresses.allocate(old, service, others.addresses())) {
            case Judgement.Accepted<Service>(var addressed) ->
                    PortNumbers.allocate(old, addressed, others.nodePorts());
            case Judgement.Refused<Service> refused -> refused;
        };
    }

    static boolean isHeadless(ServiceSpecOrBuilder spec) {
        return spec.getClusterIpsCount() > 0 && spec.getClusterIps(0).equals(NONE);
    }

    /** Whether it is reached from outside of the cluster. */
    static boolean isExposed(ServiceSpecOrBuilder spec) {
        return switch (spec.getType()) {
            case NODE_PORT, LOAD_BALANCER -> true;
            case CLUSTER_IP -> spec.getExternalIpsCount() > 0;
            default -> false;
        };
    }

    /** Whether a load balancer has to ask each node if it has endpoints. */
    static boolean needsHealthCheck(ServiceSpecOrBuilder spec) {
        return spec.getType().equals(LOAD_BALANCER)
                && spec.getExternalTrafficPolicy().equals("Local");
    }
}
