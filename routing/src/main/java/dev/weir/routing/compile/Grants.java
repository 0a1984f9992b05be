package dev.weir.routing.compile;

import dev.weir.changes.Image;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.route.v1.ReferenceGrant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Who may refer to objects of another namespace. */
final class Grants {
    static final String GATEWAY_GROUP = "gateway.networking.k8s.io";

    private final Map<String, List<ReferenceGrant>> byNamespace;

    Grants(Image control) {
        this.byNamespace =
                control.all(Kinds.REFERENCE_GRANT, ReferenceGrant.class)
                        .collect(
                                Collectors.groupingBy(grant -> grant.getMetadata().getNamespace()));
    }

    /**
     * Whether one object may refer to another.
     *
     * @param from of a kind of Gateway API
     * @param to of a kind of the core group
     */
    boolean permit(Key from, Key to) {
        return from.namespace().equals(to.namespace())
                || byNamespace.getOrDefault(to.namespace(), List.of()).stream()
                        .anyMatch(grant -> isFrom(grant, from) && isTo(grant, to));
    }

    private static boolean isFrom(ReferenceGrant grant, Key from) {
        return grant.getSpec().getFromList().stream()
                .anyMatch(
                        f ->
                                f.getGroup().equals(GATEWAY_GROUP)
                                        && f.getKind().equals(from.kind())
                                        && f.getNamespace().equals(from.namespace()));
    }

    private static boolean isTo(ReferenceGrant grant, Key to) {
        return grant.getSpec().getToList().stream()
                .anyMatch(
                        t ->
                                t.getGroup().isEmpty()
                                        && t.getKind().equals(to.kind())
                                        && (t.getName().isEmpty()
                                                || t.getName().equals(to.name())));
    }
}
