package dev.weir.log;

/** A log cannot be opened, claimed or read. The message says what to do about it. */
public class LogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogException(String message) {
        super(message);
    }

    public LogException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The log belongs to another writer now. Claiming it back would only start a duel. */
    public static final class Fenced extends LogException {
        private static final long serialVersionUID = 1L;

        public Fenced(String message) {
            super(message);
        }
    }

    /** The log could be claimed if its storage took writes. */
    public static final class Refused extends LogException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message);
        }
    }
}
