package dev.weir.model.check;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The rules of ObjectMeta that are the same for every kind. */
public final class Metadata {
    /** Keys and values of all annotations together, in bytes. */
    public static final int ANNOTATIONS_SIZE = 256 * 1024;

    private Metadata() {}

    /**
     * @param nameRule the syntax of the kind's names; see {@link Names}
     */
    public static void check(
            ObjectMeta metadata,
            boolean namespaced,
            Function<String, List<String>> nameRule,
            FieldErrors errors) {
        String name = metadata.getName();
        if (name.isEmpty()) {
            errors.required("metadata.name", "name or generateName is required");
        } else {
            errors.invalid("metadata.name", name, nameRule.apply(name));
        }
        String namespace = metadata.getNamespace();
        if (!namespaced && !namespace.isEmpty()) {
            errors.forbidden("metadata.namespace", "not allowed on this type");
        } else if (namespaced && namespace.isEmpty()) {
            errors.required("metadata.namespace", "");
        } else if (namespaced) {
            errors.invalid("metadata.namespace", namespace, Names.dns1123Label(namespace));
        }
        labels("metadata.labels", metadata.getLabelsMap(), errors);
        annotations(metadata.getAnnotationsMap(), errors);
    }

    /** Keys and values, in the order of the keys. */
    public static void labels(String path, Map<String, String> labels, FieldErrors errors) {
        new TreeMap<>(labels)
                .forEach(
                        (key, value) -> {
                            errors.invalid(path, key, Names.qualifiedName(key));
                            errors.invalid(path, value, Names.labelValue(value));
                        });
    }

    private static void annotations(Map<String, String> annotations, FieldErrors errors) {
        long size = 0;
        for (var entry : new TreeMap<>(annotations).entrySet()) {
            String key = entry.getKey();
            errors.invalid(
                    "metadata.annotations", key, Names.qualifiedName(key.toLowerCase(Locale.ROOT)));
            size += bytes(key) + bytes(entry.getValue());
        }
        if (size > ANNOTATIONS_SIZE) {
            errors.add(
                    new FieldError(
                            "metadata.annotations",
                            "Too long: may not be more than " + ANNOTATIONS_SIZE + " bytes"));
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
