package dev.weir.control.admission;

import dev.weir.core.v1.Pod;
import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import java.util.Optional;

/** Pods: what the network has to know of them. */
public final class PodAdmission {
    private PodAdmission() {}

    public static Judgement<Pod> admit(Optional<Pod> old, Pod requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(Kinds.POD, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        return Judgement.of(Kinds.POD, name, requested, errors.list());
    }
}
