package dev.weir.client;

/** Nobody answers at the addresses of the server. */
public final class ServerUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ServerUnreachableException(Servers servers, String reason) {
        super(
                "The connection to the server "
                        + servers
                        + " was refused - did you specify the right host or port?"
                        + (reason.isEmpty() ? "" : " (" + reason + ")"),
                null,
                false,
                false);
    }
}
