package dev.weir.agent.l7.http;

import java.nio.charset.StandardCharsets;

/**
 * A host and perhaps a port, as in Host and in absolute targets. A name has letters, digits,
 * hyphens, dots and underscores; an IPv6 address is in brackets. No user, nothing encoded.
 */
final class Authority {
    private static final int PORT_DIGITS = 5;

    private Authority() {}

    static boolean isValid(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return hostEnd(bytes, 0, bytes.length) > 0;
    }

    /**
     * Where the host ends: at the colon before the port or at {@code to}; -1 if it is malformed.
     */
    static int hostEnd(byte[] bytes, int from, int to) {
        int at = from;
        if (at < to && bytes[at] == '[') {
            at = literalEnd(bytes, at + 1, to);
        } else {
            while (at < to && Octet.is(bytes[at], Octet.HOST)) {
                at++;
            }
            at = at == from || bytes[from] == '.' ? -1 : at;
        }
        return at >= 0 && (at == to || isPort(bytes, at, to)) ? at : -1;
    }

    private static int literalEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (Octet.hex(bytes[at]) >= 0 || bytes[at] == ':' || bytes[at] == '.')) {
            at++;
        }
        return at > from + 1 && at < to && bytes[at] == ']' ? at + 1 : -1;
    }

    private static boolean isPort(byte[] bytes, int colon, int to) {
        if (bytes[colon] != ':' || to - colon > 1 + PORT_DIGITS) {
            return false;
        }
        return number(bytes, colon + 1, to) <= 0xffff;
    }

    /** The number of up to five digits; above any port if there is another character. */
    static int number(byte[] bytes, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return Integer.MAX_VALUE;
            }
            value = 10 * value + bytes[i] - '0';
        }
        return value;
    }
}
