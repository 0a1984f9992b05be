package dev.weir.model.check;

import dev.weir.model.FieldError;
import java.util.ArrayList;
import java.util.List;

/** Gathers what is wrong with one object. Confined to the call that checks it. */
public final class FieldErrors {
    private final List<FieldError> errors = new ArrayList<>();

    public void add(FieldError error) {
        errors.add(error);
    }

    /** One error per message; none when there is no message. */
    public void invalid(String path, Object value, List<String> messages) {
        messages.forEach(message -> errors.add(FieldError.invalid(path, value, message)));
    }

    public void invalid(String path, Object value, String message) {
        errors.add(FieldError.invalid(path, value, message));
    }

    public void required(String path, String detail) {
        errors.add(FieldError.required(path, detail));
    }

    public void forbidden(String path, String detail) {
        errors.add(FieldError.forbidden(path, detail));
    }

    /** An error if a list is longer than it may be. */
    public void tooMany(String path, int count, int most) {
        if (count > most) {
            errors.add(
                    new FieldError(
                            path,
                            "Too many: %d: must have at most %d items".formatted(count, most)));
        }
    }

    public boolean isEmpty() {
        return errors.isEmpty();
    }

    public List<FieldError> list() {
        return List.copyOf(errors);
    }
}
