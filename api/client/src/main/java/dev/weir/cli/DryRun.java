package dev.weir.cli;

import org.jspecify.annotations.Nullable;

/** Whether a write is only tried. */
enum DryRun {
    NO(""),
    CLIENT(" (dry run)"),
    SERVER(" (server dry run)");

    private final String suffix;

    DryRun(String suffix) {
        this.suffix = suffix;
    }

    /** Follows the line that says what was done. */
    String suffix() {
        return suffix;
    }

    static DryRun of(@Nullable String value) {
        return switch (value) {
            case null -> NO;
            case "none" -> NO;
            case "client" -> CLIENT;
            case "server" -> SERVER;
            default ->
                    throw new CliError(
                            "Invalid dry-run value ("
                                    + value
                                    + "). Must be \"none\", \"server\", or \"client\".");
        };
    }
}
