package dev.weir.lab;

/** The host did not do what the lab asked of it. The message says what, in its words. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LabException(String message) {
        super(message, null, false, false);
    }

    /** Without the name of the class. */
    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }
}
