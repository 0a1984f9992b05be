package dev.weir.model;

/**
 * Carries a {@link Failure} up to the edge that answers the caller. No stack trace: it is not a
 * surprise.
 */
public final class FailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
