package dev.weir.cli;

/** What was typed cannot be done. Printed as {@code error: ...}, exit code 1. */
public final class CliError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CliError(String message) {
        super(message, null, false, false);
    }
}
