package dev.weir.control.admission.route;

import dev.weir.model.FieldError;
import dev.weir.model.check.FieldErrors;
import dev.weir.route.v1.HttpIngressPath;
import java.util.List;

/** The paths of an Ingress' rules. What servers could read in two ways is refused. */
final class IngressPaths {
    static final List<String> AMBIGUOUS = List.of("//", "/./", "/../", "%2f", "%2F");
    static final List<String> AMBIGUOUS_ENDS = List.of("/..", "/.");

    private IngressPaths() {}

    /** Of a path with a type. */
    static void check(String at, HttpIngressPath path, FieldErrors errors) {
        switch (path.getPathType()) {
            case "Exact", "Prefix" -> {
                absolute(at, path.getPath(), errors);
                for (String part : AMBIGUOUS) {
                    if (path.getPath().contains(part)) {
                        errors.invalid(
                                at + ".path", path.getPath(), "must not contain '" + part + "'");
                    }
                }
                for (String end : AMBIGUOUS_ENDS) {
                    if (path.getPath().endsWith(end)) {
                        errors.invalid(
                                at + ".path", path.getPath(), "cannot end with '" + end + "'");
                    }
                }
            }
            case "ImplementationSpecific" -> {
                if (!path.getPath().isEmpty()) {
                    absolute(at, path.getPath(), errors);
                }
            }
            default ->
                    errors.add(
                            FieldError.notSupported(
                                    at + ".pathType",
                                    path.getPathType(),
                                    "Exact",
                                    "ImplementationSpecific",
                                    "Prefix"));
        }
    }

    private static void absolute(String at, String path, FieldErrors errors) {
        if (!path.startsWith("/")) {
            errors.invalid(at + ".path", path, "must be an absolute path");
        }
    }
}
