package dev.weir.client;

/** Nobody answers at the server's address. */
public final class ServerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ServerUnreachableException(ServerAddress server, String reason) {
        super(
                "The connection to the server "
                        + server
                        + " was refused - did you specify the right host or port?"
                        + (reason.isEmpty() ? "" : " (" + reason + ")"),
                null,
                false,
                false);
    }
}
