package dev.weir.cli;

import dev.weir.client.ServerUnreachableException;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words an error as kubectl does. */
public final class Errors {
    private Errors() {}

    public static String describe(@Nullable Throwable error) {
        return switch (error) {
            case FailureException refused -> describe(refused.failure(), "");
            case ServerUnreachableException unreachable -> message(unreachable);
            case CliError typed -> "error: " + message(typed);
            case UncheckedIOException io -> "error: " + io.getCause();
            case ExecutionException wrapped -> describe(wrapped.getCause());
            case null -> "error: unknown";
            default -> "error: " + error;
        };
    }

    /**
     * @param doing goes before the server's words, e.g. {@code error when creating "a.yaml": }; may
     *     be empty
     */
    static String describe(Failure failure, String doing) {
        if (failure.reason() != Failure.Reason.INVALID) {
            return "Error from server ("
                    + failure.reason().word()
                    + "): "
                    + doing
                    + failure.message();
        }
        int list = failure.message().indexOf(" is invalid: ");
        if (failure.fields().size() < 2 || list < 0) {
            return "The " + failure.message();
        }
        return failure.fields().stream()
                .map(field -> "* " + field)
                .collect(
                        Collectors.joining(
                                "\n",
                                "The " + failure.message().substring(0, list) + " is invalid: \n",
                                ""));
    }

    private static String message(Throwable error) {
        return String.valueOf(error.getMessage());
    }
}
