package dev.weir.model;

import java.util.List;

/**
 * Why a request was not carried out, in words for whoever sent it. An expected result, not a
 * surprise.
 *
 * @param message says what to do next where that is not plain; Kubernetes' own words where it has
 *     them
 * @param subject the object it is about, e.g. {@code Service default/web}; may be empty
 * @param fields what is wrong with which field; only for {@link Reason#INVALID}
 */
public record Failure(Reason reason, String message, String subject, List<FieldError> fields) {
    public Failure {
        fields = List.copyOf(fields);
    }

    public static Failure of(Reason reason, String message) {
        return new Failure(reason, message, "", List.of());
    }

    /** As kubectl shows it: {@code services "web" not found}. */
    public static Failure notFound(Kind kind, String name) {
        return new Failure(
                Reason.NOT_FOUND, kind.plural() + " \"" + name + "\" not found", name, List.of());
    }

    public static Failure alreadyExists(Kind kind, String name) {
        return new Failure(
                Reason.ALREADY_EXISTS,
                kind.plural() + " \"" + name + "\" already exists",
                name,
                List.of());
    }

    /** As Kubernetes words it: {@code Service "web" is invalid: spec.ports: Required value}. */
    public static Failure invalid(Kind kind, String name, List<FieldError> errors) {
        String all = errors.size() == 1 ? errors.getFirst().toString() : errors.toString();
        return new Failure(
                Reason.INVALID, kind.name() + " \"" + name + "\" is invalid: " + all, name, errors);
    }

    public FailureException asException() {
        return new FailureException(this);
    }

    /** The kinds of failure; the names are those of Kubernetes' StatusReason where it has one. */
    public enum Reason {
        NOT_FOUND("NotFound"),
        ALREADY_EXISTS("AlreadyExists"),
        INVALID("Invalid"),
        BAD_REQUEST("BadRequest"),
        CONFLICT("Conflict"),
        FORBIDDEN("Forbidden"),
        /** A resume point that the kept history no longer reaches. */
        EXPIRED("Expired"),
        /** Nothing left to allocate. */
        EXHAUSTED("Exhausted"),
        /** Try again: the outcome of the write is unknown, or its owner is not there. */
        UNAVAILABLE("ServiceUnavailable"),
        TIMEOUT("Timeout"),
        /** The log refuses writes: its disk is full or read-only. */
        STORAGE("InsufficientStorage");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
