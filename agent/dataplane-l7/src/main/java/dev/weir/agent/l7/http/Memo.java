package dev.weir.agent.l7.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/**
 * The text made last: requests of one connection often have the same one, and its hash is known.
 */
final class Memo {
    private String raw = "";
    private String lower = "";

    String of(byte[] bytes, int from, int to) {
        if (!isLast(bytes, from, to)) {
            raw = new String(bytes, from, to - from, ISO_8859_1);
            lower = "";
        }
        return raw;
    }

    String lowerOf(byte[] bytes, int from, int to) {
        String text = of(bytes, from, to);
        if (lower.length() != text.length()) {
            lower = text.toLowerCase(Locale.ROOT);
        }
        return lower;
    }

    private boolean isLast(byte[] bytes, int from, int to) {
        if (raw.length() != to - from) {
            return false;
        }
        for (int i = 0; i < to - from; i++) {
            if (raw.charAt(i) != (bytes[from + i] & 0xff)) {
                return false;
            }
        }
        return true;
    }
}
