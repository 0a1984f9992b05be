package dev.weir.endpoint.admission;

import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.net.v1.EndpointSlice;
import java.util.Optional;

/** EndpointSlices that users write, by the rules of discovery.k8s.io/v1. */
public final class EndpointSliceAdmission {
    private EndpointSliceAdmission() {}

    public static Judgement<EndpointSlice> admit(
            Optional<EndpointSlice> old, EndpointSlice requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(
                        Kinds.ENDPOINT_SLICE, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        return Judgement.of(Kinds.ENDPOINT_SLICE, name, requested, errors.list());
    }
}
