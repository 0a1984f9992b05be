package dev.weir.control.admission.route;

import dev.weir.model.Failure;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.route.v1.ReferenceGrant;
import dev.weir.route.v1.ReferenceGrantSpec;
import java.util.Optional;

/** ReferenceGrants. */
public final class ReferenceGrantAdmission {
    private static final int MOST = 16;

    private ReferenceGrantAdmission() {}

    public static Judgement<ReferenceGrant> admit(
            Optional<ReferenceGrant> old, ReferenceGrant requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(
                        Kinds.REFERENCE_GRANT, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        spec(requested.getSpec(), errors);
        return Judgement.of(Kinds.REFERENCE_GRANT, name, requested, errors.list());
    }

    private static void spec(ReferenceGrantSpec spec, FieldErrors errors) {
        if (spec.getFromCount() == 0) {
            errors.required("spec.from", "");
        }
        if (spec.getToCount() == 0) {
            errors.required("spec.to", "");
        }
        errors.tooMany("spec.from", spec.getFromCount(), MOST);
        errors.tooMany("spec.to", spec.getToCount(), MOST);
        for (int i = 0; i < spec.getFromCount(); i++) {
            String path = "spec.from[" + i + "]";
            if (spec.getFrom(i).getKind().isEmpty()) {
                errors.required(path + ".kind", "");
            }
            String from = spec.getFrom(i).getNamespace();
            if (from.isEmpty()) {
                errors.required(path + ".namespace", "");
            } else {
                errors.invalid(path + ".namespace", from, Names.dns1123Label(from));
            }
        }
        for (int i = 0; i < spec.getToCount(); i++) {
            if (spec.getTo(i).getKind().isEmpty()) {
                errors.required("spec.to[" + i + "].kind", "");
            }
        }
    }
}
