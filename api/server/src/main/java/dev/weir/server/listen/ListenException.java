package dev.weir.server.listen;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The server cannot listen where it was told to. Quarkus prints the message, without a stack trace,
 * and exits with 1.
 */
final class ListenException extends ConfigurationException {
    private static final long serialVersionUID = 1L;

    ListenException(String message) {
        super(message);
    }
}
