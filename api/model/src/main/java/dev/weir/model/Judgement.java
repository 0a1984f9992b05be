package dev.weir.model;

import java.util.List;

/**
 * What admission makes of an object: the object as it is to be stored, complete, or why it is
 * refused.
 */
public sealed interface Judgement<T> {

    record Accepted<T>(T object) implements Judgement<T> {}

    record Refused<T>(Failure failure) implements Judgement<T> {}

    /** Accepted when there is no error. */
    static <T> Judgement<T> of(Kind kind, String name, T object, List<FieldError> errors) {
        return errors.isEmpty()
                ? new Accepted<>(object)
                : new Refused<>(Failure.invalid(kind, name, errors));
    }
}
