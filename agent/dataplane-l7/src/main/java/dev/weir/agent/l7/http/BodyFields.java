package dev.weir.agent.l7.http;

import org.jspecify.annotations.Nullable;

/** Values of the headers that frame a body. */
final class BodyFields {
    private static final String CHUNKED = "chunked";

    private BodyFields() {}

    /** What Content-Length says; -1 if it is no number below 2^63. */
    static long length(byte[] bytes, int from, int to) {
        long value = from < to ? 0 : -1;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    /** What is wrong with a Transfer-Encoding; null if it is chunked and nothing else. */
    static @Nullable Fault coding(byte[] bytes, int from, int to) {
        if (Octet.same(bytes, from, to, CHUNKED)) {
            return null;
        }
        int last = to - CHUNKED.length();
        boolean list =
                last > from
                        && bytes[from] != ','
                        && Octet.same(bytes, last, to, CHUNKED)
                        && ", \t".indexOf(bytes[last - 1]) >= 0;
        return list ? Fault.CODING_UNKNOWN : Fault.CODING;
    }
}
