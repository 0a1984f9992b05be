package dev.weir.agent.l7.http;

/** {@code HTTP/1.0} and {@code HTTP/1.1}. */
final class Version {
    static final int LENGTH = 8;
    private static final String TEXT = "HTTP/1.";

    private Version() {}

    /** The minor version here, {@link Head#MORE}, or {@link Head#REFUSED}. */
    static int read(byte[] bytes, int from, int stop) {
        for (int i = 0; i < LENGTH; i++) {
            if (from + i == stop) {
                return Head.MORE;
            }
            byte b = bytes[from + i];
            if (i < TEXT.length() ? b != TEXT.charAt(i) : b != '0' && b != '1') {
                return Head.REFUSED;
            }
        }
        return bytes[from + TEXT.length()] - '0';
    }

    /** Whether it is of another version of HTTP: {@code HTTP/}, digit, dot, digit. */
    static boolean other(byte[] bytes, int from, int to) {
        boolean http = to - from == LENGTH && bytes[from + 6] == '.';
        for (int i = 0; http && i < "HTTP/".length(); i++) {
            http = bytes[from + i] == TEXT.charAt(i);
        }
        return http && Character.isDigit(bytes[from + 5]) && Character.isDigit(bytes[from + 7]);
    }
}
