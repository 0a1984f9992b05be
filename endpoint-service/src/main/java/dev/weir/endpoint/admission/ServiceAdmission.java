package dev.weir.endpoint.admission;

import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.net.v1.Service;
import java.util.Optional;

/** Services, by the rules of Kubernetes' v1: defaults, checks, addresses. */
public final class ServiceAdmission {
    private ServiceAdmission() {}

    /**
     * The Service as it is to be stored, addresses included: the caller follows it with {@link ClusterIps#after}.
     *
     * @param addresses what other Services have, uncommitted writes included
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
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1035Label, errors);
        return Judgement.of(Kinds.SERVICE, name, requested, errors.list());
    }
}
