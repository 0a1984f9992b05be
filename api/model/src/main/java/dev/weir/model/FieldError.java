package dev.weir.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is wrong with one field, worded as Kubernetes does.
 *
 * @param path e.g. {@code spec.ports[0].protocol}
 * @param detail e.g. {@code Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"}
 */
public record FieldError(String path, String detail) {

    public static FieldError required(String path, String detail) {
        return new FieldError(
                path, detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    public static FieldError invalid(String path, Object value, String detail) {
        return new FieldError(path, "Invalid value: " + show(value) + ": " + detail);
    }

    public static FieldError forbidden(String path, String detail) {
        return new FieldError(path, "Forbidden: " + detail);
    }

    public static FieldError duplicate(String path, Object value) {
        return new FieldError(path, "Duplicate value: " + show(value));
    }

    /** The supported values appear in the order given. */
    public static FieldError notSupported(String path, Object value, String... supported) {
        return new FieldError(
                path,
                "Unsupported value: "
                        + show(value)
                        + ": supported values: \""
                        + String.join("\", \"", supported)
                        + "\"");
    }

    private static String show(Object value) {
        return switch (value) {
            case String text -> "\"" + text + "\"";
            case List<?> list ->
                    list.stream().map(FieldError::show).collect(Collectors.joining(",", "[", "]"));
            default -> String.valueOf(value);
        };
    }

    @Override
    public String toString() {
        return path + ": " + detail;
    }
}
