package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.net.v1.Service;
import java.util.Optional;

/** Services, by the rules of Kubernetes' v1: defaults, checks, addresses, in this order. */
public final class ServiceAdmission {
    static final String CLUSTER_IP = "ClusterIP";
    static final String NODE_PORT = "NodePort";
    static final String LOAD_BALANCER = "LoadBalancer";
    static final String EXTERNAL_NAME = "ExternalName";

    /** In place of an address: a headless Service. */
    static final String NONE = "None";

    private ServiceAdmission() {}

    /**
     * The Service as it is to be stored, addresses included: the caller follows it with {@link
     * ClusterIps#after}.
     *
     * @param addresses what Services have, uncommitted writes included
     */
    public static Judgement<Service> admit(
            Optional<Service> old,
            Service requested,
            NamespaceState namespace,
            ClusterIps addresses) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.SERVICE, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        Service.Builder service = requested.toBuilder();
        ServiceDefaults.apply(old, service.getSpecBuilder());

        FieldErrors errors = new FieldErrors();
        ServiceChecks.check(service, errors);
        old.ifPresent(
                before -> ServiceChanges.check(before.getSpec(), service.getSpecBuilder(), errors));
        ProgrammedOnly.check(service, errors);
        if (errors.isEmpty()) {
            IpFamilies.settle(
                    old.map(Service::getSpec), service.getSpecBuilder(), addresses, errors);
        }
        return errors.isEmpty()
                ? Addresses.allocate(old, service, addresses)
                : new Judgement.Refused<>(Failure.invalid(Kinds.SERVICE, name, errors.list()));
    }

    static boolean isHeadless(dev.weir.net.v1.ServiceSpecOrBuilder spec) {
        return spec.getClusterIpsCount() > 0 && spec.getClusterIps(0).equals(NONE);
    }
}
