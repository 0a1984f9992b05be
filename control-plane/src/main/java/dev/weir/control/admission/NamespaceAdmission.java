package dev.weir.control.admission;

import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespaceStatus;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import java.util.Optional;

/** Namespaces: each carries its own name as a label, so that policies can select it. */
public final class NamespaceAdmission {
    /** Set by the server, never anything but the name (KEP-2161). */
    public static final String NAME_LABEL = "kubernetes.io/metadata.name";

    public static final String ACTIVE = "Active";
    public static final String TERMINATING = "Terminating";

    private NamespaceAdmission() {}

    /** The phase of a new namespace is Active; a Terminating one stays so. */
    public static Judgement<Namespace> admit(Optional<Namespace> old, Namespace requested) {
        Namespace.Builder object = requested.toBuilder();
        String name = requested.getMetadata().getName();
        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), false, Names::dns1123Label, errors);
        String label = requested.getMetadata().getLabelsOrDefault(NAME_LABEL, name);
        if (!label.equals(name)) {
            errors.invalid(
                    "metadata.labels[" + NAME_LABEL + "]", label, "must be the namespace's name");
        }
        object.getMetadataBuilder().putLabels(NAME_LABEL, name);
        object.setStatus(phase(old, requested));
        return Judgement.of(Kinds.NAMESPACE, name, object.build(), errors.list());
    }

    private static NamespaceStatus phase(Optional<Namespace> old, Namespace requested) {
        boolean ends =
                old.isPresent()
                        && (old.get().getStatus().getPhase().equals(TERMINATING)
                                || requested.getStatus().getPhase().equals(TERMINATING));
        return NamespaceStatus.newBuilder().setPhase(ends ? TERMINATING : ACTIVE).build();
    }
}
