package dev.weir.agent.l7.http;

import org.jspecify.annotations.Nullable;

/**
 * Which paths are served. None is changed: rules are matched with the bytes that were sent, and the
 * backend gets the same. So what a backend could read as another path than the rules did is
 * refused: segments of one or two dots, plain or encoded, also before a semicolon, which some take
 * off; backslashes; encoded slashes, backslashes and NUL; a percent sign without two digits. Empty
 * segments, other encoded characters and the case are the path's own.
 */
final class PathPolicy {
    private PathPolicy() {}

    /** Why this path is refused; null if it is not. */
    static @Nullable Fault check(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\\') {
                return Fault.PATH_AMBIGUOUS;
            }
            if (bytes[at] == '%') {
                int code = code(bytes, at, to);
                if (code < 0) {
                    return Fault.PATH_ENCODING;
                }
                if (code == 0 || code == '/' || code == '\\') {
                    return Fault.PATH_AMBIGUOUS;
                }
            }
            if (bytes[at] == '/' && dotSegment(bytes, at + 1, to)) {
                return Fault.PATH_AMBIGUOUS;
            }
        }
        return null;
    }

    private static boolean dotSegment(byte[] bytes, int from, int to) {
        int at = from;
        int dots = 0;
        for (int step; (step = dot(bytes, at, to)) > 0; at += step) {
            dots++;
        }
        return (dots == 1 || dots == 2)
                && (at == to
                        || bytes[at] == '/'
                        || bytes[at] == ';'
                        || bytes[at] == '%' && code(bytes, at, to) == ';');
    }

    /** How many bytes a dot has here; 0 if there is none. */
    private static int dot(byte[] bytes, int at, int to) {
        if (at < to && bytes[at] == '.') {
            return 1;
        }
        return at < to && bytes[at] == '%' && code(bytes, at, to) == '.' ? 3 : 0;
    }

    /** What a percent sign and two digits stand for; -1 if they are not there. */
    private static int code(byte[] bytes, int at, int to) {
        if (at + 2 >= to) {
            return -1;
        }
        int high = Octet.hex(bytes[at + 1]);
        int low = Octet.hex(bytes[at + 2]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}
