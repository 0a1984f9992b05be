package dev.weir.control.admission.route;

import dev.weir.model.check.FieldErrors;
import dev.weir.route.v1.ParentReference;
import java.util.List;

/** The parents of a route: no two references may mean the same, or be part of another. */
final class Parents {
    private static final String AMBIGUOUS =
            "sectionName or port must be %s when parentRefs includes 2 or more references to the"
                    + " same parent";

    private Parents() {}

    static void check(String path, List<ParentReference> parents, FieldErrors errors) {
        boolean partial = false;
        boolean twice = false;
        for (int i = 0; i < parents.size(); i++) {
            ParentReference parent = parents.get(i);
            if (parent.getName().isEmpty()) {
                errors.required(path + "[" + i + "].name", "");
            }
            for (ParentReference other : parents.subList(0, i)) {
                if (target(parent).equals(target(other))) {
                    partial |= !shape(parent).equals(shape(other));
                    twice |= part(parent).equals(part(other));
                }
            }
        }
        if (partial) {
            errors.invalid(path, "array", AMBIGUOUS.formatted("specified"));
        }
        if (twice) {
            errors.invalid(path, "array", AMBIGUOUS.formatted("unique"));
        }
    }

    private static List<String> target(ParentReference parent) {
        return List.of(
                parent.getGroup(), parent.getKind(), parent.getNamespace(), parent.getName());
    }

    private static List<Object> part(ParentReference parent) {
        return List.of(parent.getSectionName(), parent.getPort());
    }

    private static List<Boolean> shape(ParentReference parent) {
        return List.of(parent.getSectionName().isEmpty(), parent.getPort() == 0);
    }
}
