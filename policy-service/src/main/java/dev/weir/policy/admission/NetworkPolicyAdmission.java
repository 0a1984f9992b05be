package dev.weir.policy.admission;

import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.Optional;

/** Network policies, by the rules of networking.k8s.io/v1. */
public final class NetworkPolicyAdmission {
    private NetworkPolicyAdmission() {}

    public static Judgement<NetworkPolicy> admit(
            Optional<NetworkPolicy> old, NetworkPolicy requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(
                        Kinds.NETWORK_POLICY, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        return Judgement.of(Kinds.NETWORK_POLICY, name, requested, errors.list());
    }
}
