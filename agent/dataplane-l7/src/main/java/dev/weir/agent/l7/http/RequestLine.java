package dev.weir.agent.l7.http;

/**
 * The first line of a request: where its parts are. Targets are a path, {@code http://host/path}
 * (its host counts, and Host is replaced), and {@code *} of OPTIONS; CONNECT is refused. Read from
 * its beginning whenever more of it is here; it is short.
 */
final class RequestLine {
    /** No method that anybody registered is longer. */
    private static final int METHOD = 32;

    private final int longest;
    private byte[] bytes = Head.NOTHING;
    int methodFrom;
    int methodTo;
    int pathFrom;
    int pathTo;

    /** Of the target, with the query and its question mark. */
    int targetTo;

    /** Whether the target names a scheme and, from here to there, a host and perhaps a port. */
    boolean absolute;

    boolean https;
    int authorityFrom;
    int authorityTo;
    int minor;

    /** Why it is refused, if it is. */
    Fault fault = Fault.REQUEST_LINE;

    /**
     * @param longest target, in bytes
     */
    RequestLine(int longest) {
        this.longest = longest;
    }

    /** Where the line's CRLF has to be, {@link Head#MORE}, or {@link Head#REFUSED}. */
    int read(byte[] array, int from, int stop) {
        bytes = array;
        absolute = false;
        https = false;
        int at = method(from, stop);
        if (at >= 0) {
            at = target(at, stop);
        }
        return at < 0 ? at : version(at, stop);
    }

    /** Whether this is the method, in the same bytes as were read, wherever they are now. */
    boolean isMethod(byte[] array, String method) {
        boolean same = methodTo - methodFrom == method.length();
        for (int i = 0; same && i < method.length(); i++) {
            same = array[methodFrom + i] == method.charAt(i);
        }
        return same;
    }

    private int method(int from, int stop) {
        int end = Octet.end(bytes, from, Math.min(stop, from + METHOD + 1), Octet.TOKEN);
        if (end - from > METHOD) {
            return refuse(Fault.METHOD_TOO_LONG);
        }
        if (end == stop) {
            return Head.MORE;
        }
        if (end == from || bytes[end] != ' ') {
            return refuse(bytes[end] == '\n' ? Fault.BARE_LF : Fault.REQUEST_LINE);
        }
        methodFrom = from;
        methodTo = end;
        return end + 1;
    }

    /** Reads the target; the index after the blank that follows it. */
    private int target(int from, int stop) {
        if (from == stop) {
            return Head.MORE;
        }
        int path = from;
        if (Octet.same(bytes, methodFrom, methodTo, "connect")) {
            return refuse(Fault.CONNECT);
        }
        if (bytes[from] != '/' && bytes[from] != '*') {
            path = absolute(from, stop);
            if (path < 0) {
                return path;
            }
        }
        int at = path;
        int kinds = 0;
        for (int kind; at < stop && ((kind = Octet.kinds(bytes[at])) & Octet.PATH) != 0; at++) {
            kinds |= kind;
        }
        int pathEnd = at;
        if (at < stop && bytes[at] == '?') {
            at = Octet.end(bytes, at, stop, Octet.QUERY);
        }
        if (at - from > longest) {
            return refuse(Fault.TARGET_TOO_LONG);
        }
        if (at == stop) {
            return Head.MORE;
        }
        if (bytes[at] != ' ') {
            boolean ended = bytes[at] == '\r' || bytes[at] == '\n';
            return refuse(ended ? Fault.REQUEST_LINE : Fault.TARGET);
        }
        pathFrom = path;
        pathTo = pathEnd;
        targetTo = at;
        Fault wrong = (kinds & Octet.SPECIAL) == 0 ? null : PathPolicy.check(bytes, path, pathEnd);
        return wrong == null ? at + 1 : refuse(wrong);
    }

    /** Reads scheme, host and port; the index where the path begins, or the query, or neither. */
    private int absolute(int from, int stop) {
        int at = schemeEnd(from, stop);
        if (at - from > "https:".length()) {
            return refuse(Fault.TARGET);
        }
        if (at + 1 >= stop) {
            return at == stop || bytes[at] == '/' ? Head.MORE : refuse(Fault.TARGET);
        }
        https = Octet.same(bytes, from, at, "https:");
        if (!https && !Octet.same(bytes, from, at, "http:")
                || bytes[at] != '/'
                || bytes[at + 1] != '/') {
            return refuse(Fault.TARGET);
        }
        int host = at + 2;
        at = schemeEnd(host, stop);
        if (at - from > longest) {
            return refuse(Fault.TARGET_TOO_LONG);
        }
        if (at == stop) {
            return Head.MORE;
        }
        absolute = true;
        authorityFrom = host;
        authorityTo = at;
        return Authority.hostEnd(bytes, host, at) > 0 ? at : refuse(Fault.HOST);
    }

    /** Where the scheme ends, or the authority: at a slash, or where no path goes on. */
    private int schemeEnd(int from, int stop) {
        int at = from;
        while (at < stop && bytes[at] != '/' && Octet.is(bytes[at], Octet.PATH)) {
            at++;
        }
        return at;
    }

    /** Reads the version; the index after it. */
    private int version(int from, int stop) {
        int end = from + Version.LENGTH;
        minor = Version.read(bytes, from, stop);
        if (minor == Head.MORE) {
            return Head.MORE;
        }
        if (minor < 0) {
            int other = Octet.end(bytes, from, Math.min(stop, end), Octet.PATH);
            return other == stop && other < end
                    ? Head.MORE
                    : refuse(
                            Version.other(bytes, from, other) ? Fault.VERSION : Fault.REQUEST_LINE);
        }
        if (end < stop && bytes[end] != '\r') {
            return refuse(bytes[end] == '\n' ? Fault.BARE_LF : Fault.REQUEST_LINE);
        }
        return fits() ? end : refuse(Fault.TARGET);
    }

    /** Whether the target is a path, or {@code *} of OPTIONS. */
    private boolean fits() {
        return pathFrom == pathTo
                || bytes[pathFrom] == '/'
                || targetTo - pathFrom == 1 && isMethod(bytes, "OPTIONS");
    }

    private int refuse(Fault why) {
        fault = why;
        return Head.REFUSED;
    }
}
