package dev.weir.agent.cni;

/**
 * A CNI call that is not carried out, with the code that the runtime gets (CNI specification 1.1.0,
 * "Error").
 */
final class CniException extends Exception {
    private static final long serialVersionUID = 1L;

    static final int INCOMPATIBLE_VERSION = 1;
    static final int UNSUPPORTED_FIELD = 2;
    static final int UNKNOWN_CONTAINER = 3;
    static final int INVALID_ENVIRONMENT = 4;
    static final int IO_FAILURE = 5;
    static final int DECODING_FAILURE = 6;
    static final int INVALID_CONFIG = 7;
    static final int TRY_AGAIN_LATER = 11;
    static final int CANNOT_SERVE = 50;

    /** Ours, from here on: no address left for a pod. */
    static final int NO_ADDRESS = 110;

    /** Somebody has the requested address. */
    static final int ADDRESS_IN_USE = 111;

    /** The kernel refuses the link, or it is not what it was made as. */
    static final int LINK_FAULT = 112;

    private final int code;
    private final String message;

    CniException(int code, String message) {
        super(message);
        this.code = code;
        this.message = message;
    }

    CniException(int code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.message = message + ": " + cause.getMessage();
    }

    int code() {
        return code;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
