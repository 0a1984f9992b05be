package dev.weir.agent.l7.http;

import dev.weir.routing.Request;

/**
 * The request line and headers of a request.
 *
 * <p>Targets: a path, {@code http://host/path} (its host counts and Host is replaced), and {@code
 * *} of OPTIONS. CONNECT is refused. Which paths are served: {@link PathPolicy}.
 */
public final class RequestHead extends Head implements Request {
    /** No method that anybody registered is longer. */
    private static final int METHOD = 32;

    private final Memo methods = new Memo();
    private final Memo hosts = new Memo();
    private final Memo paths = new Memo();

    private int methodFrom;
    private int methodTo;
    private int pathFrom;
    private int pathTo;

    /** Of the target, with the query and its question mark. */
    private int targetTo;

    /** Of host and port; -1 without either. */
    private int authorityFrom;

    private int authorityTo;
    private int hostTo;
    private boolean absolute;
    private boolean https;
    private boolean skipped;
    private boolean expects;
    private boolean trailers;
    private boolean webSocket;
    private boolean isHead;

    public RequestHead(Limits limits) {
        super(limits);
    }

    @Override
    public String method() {
        return methods.of(bytes, methodFrom, methodTo);
    }

    /** {@code *} if that is the target. */
    @Override
    public String path() {
        if (pathFrom == pathTo) {
            return isOptions() && pathTo == targetTo ? "*" : "/";
        }
        return paths.of(bytes, pathFrom, pathTo);
    }

    @Override
    public String query() {
        return pathTo == targetTo ? "" : text(pathTo + 1, targetTo);
    }

    /** Path and query as sent. */
    public String target() {
        return pathFrom == pathTo ? path() + text(pathFrom, targetTo) : text(pathFrom, targetTo);
    }

    /**
     * The host that is asked for, in lower case, without a port and a dot at its end; an IPv6
     * address is in brackets. Empty if an HTTP/1.0 request says none.
     */
    public String host() {
        int to = hostTo > authorityFrom && bytes[hostTo - 1] == '.' ? hostTo - 1 : hostTo;
        return hosts.lowerOf(bytes, authorityFrom, to);
    }

    /** The port that the client asked for; 0 if it said none. */
    public int port() {
        return hostTo == authorityTo ? 0 : Authority.number(bytes, hostTo + 1, authorityTo);
    }

    /** Whether the target begins with {@code https:}; without TLS that is to be refused (421). */
    public boolean https() {
        return https;
    }

    /** Whether the method is HEAD. Stays right when the array is used for something else. */
    public boolean isHead() {
        return isHead;
    }

    /** How its body ends; never {@link Framing#CLOSE}. */
    public Framing framing() {
        return framing;
    }

    /** Bytes of its body if {@link Framing#LENGTH}, else 0. */
    public long length() {
        return length;
    }

    /** Whether the client waits for 100 before it sends the body. */
    public boolean expectsContinue() {
        return expects && !old() && framing != Framing.NONE;
    }

    /** Whether it asks for a WebSocket. Only after a 101 is the connection one. */
    public boolean webSocket() {
        return webSocket;
    }

    private boolean isOptions() {
        return "OPTIONS".equals(method());
    }

    boolean acceptsTrailers() {
        return trailers;
    }

    boolean absolute() {
        return absolute;
    }

    int methodFrom() {
        return methodFrom;
    }

    int methodTo() {
        return methodTo;
    }

    int pathFrom() {
        return pathFrom;
    }

    int pathTo() {
        return pathTo;
    }

    int targetTo() {
        return targetTo;
    }

    /** Whether host and port are a token: without a colon or brackets. */
    boolean plainHost() {
        return hostTo == authorityTo && bytes[authorityFrom] != '[';
    }

    int authorityFrom() {
        return authorityFrom;
    }

    int authorityTo() {
        return authorityTo;
    }

    @Override
    void started() {
        authorityFrom = 0;
        authorityTo = 0;
        hostTo = 0;
        absolute = false;
        https = false;
        skipped = false;
        expects = false;
        trailers = false;
        webSocket = false;
    }

    @Override
    int firstLine(int from, int stop) {
        if (from < stop && bytes[from] == '\r' && !skipped) {
            int next = lineEnd(from, stop);
            skipped = next > 0;
            return next;
        }
        int at = from;
        while (at < stop && Octet.is(bytes[at], Octet.TOKEN)) {
            if (++at - from > METHOD) {
                return refuse(Fault.METHOD_TOO_LONG);
            }
        }
        if (at == stop) {
            return MORE;
        }
        if (at == from || bytes[at] != ' ') {
            return refuse(bytes[at] == '\n' ? Fault.BARE_LF : Fault.REQUEST_LINE);
        }
        methodFrom = from;
        methodTo = at;
        at = target(at + 1, stop);
        return at < 0 ? at : pastFirstLine(version(at, stop));
    }

    /** Reads the target; the index after the blank that follows it. */
    private int target(int from, int stop) {
        if (from == stop) {
            return MORE;
        }
        absolute = false;
        int path = from;
        if (bytes[from] != '/' && bytes[from] != '*') {
            if (Octet.same(bytes, methodFrom, methodTo, "connect")) {
                return refuse(Fault.CONNECT);
            }
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
            while (at < stop && Octet.is(bytes[at], Octet.QUERY)) {
                at++;
            }
        }
        if (at - from > limits.target()) {
            return refuse(Fault.TARGET_TOO_LONG);
        }
        if (at == stop) {
            return MORE;
        }
        if (bytes[at] != ' ') {
            return refuse(
                    bytes[at] == '\r' || bytes[at] == '\n' ? Fault.REQUEST_LINE : Fault.TARGET);
        }
        pathFrom = path;
        pathTo = pathEnd;
        targetTo = at;
        if ((kinds & Octet.SPECIAL) != 0) {
            Fault fault = PathPolicy.check(bytes, path, pathEnd);
            if (fault != null) {
                return refuse(fault);
            }
        }
        return at + 1;
    }

    /** Reads scheme, host and port; the index where the path begins, or the query, or neither. */
    private int absolute(int from, int stop) {
        int at = from;
        while (at < stop && bytes[at] != '/' && Octet.is(bytes[at], Octet.PATH)) {
            at++;
        }
        if (at - from > "https:".length()) {
            return refuse(Fault.TARGET);
        }
        if (at + 1 >= stop) {
            return at == stop || bytes[at] == '/' ? MORE : refuse(Fault.TARGET);
        }
        https = Octet.same(bytes, from, at, "https:");
        if (!https && !Octet.same(bytes, from, at, "http:")
                || bytes[at] != '/'
                || bytes[at + 1] != '/') {
            return refuse(Fault.TARGET);
        }
        int host = at + 2;
        at = host;
        while (at < stop && bytes[at] != '/' && Octet.is(bytes[at], Octet.PATH)) {
            at++;
        }
        if (at - from > limits.target()) {
            return refuse(Fault.TARGET_TOO_LONG);
        }
        if (at == stop) {
            return MORE;
        }
        absolute = true;
        return authority(host, at) ? at : REFUSED;
    }

    private boolean authority(int from, int to) {
        int end = Authority.hostEnd(bytes, from, to);
        authorityFrom = from;
        authorityTo = to;
        hostTo = end;
        return end > 0 || refused(Fault.HOST);
    }

    private int version(int from, int stop) {
        int version = Version.read(bytes, from, stop);
        if (version == MORE) {
            return MORE;
        }
        if (version < 0) {
            int end = from;
            while (end < stop && end - from < Version.LENGTH && Octet.is(bytes[end], Octet.PATH)) {
                end++;
            }
            return end == stop && end - from < Version.LENGTH
                    ? MORE
                    : refuse(Version.other(bytes, from, end) ? Fault.VERSION : Fault.REQUEST_LINE);
        }
        minor = version;
        int end = from + Version.LENGTH;
        if (end < stop && bytes[end] != '\r') {
            return refuse(bytes[end] == '\n' ? Fault.BARE_LF : Fault.REQUEST_LINE);
        }
        int next = lineEnd(end, stop);
        return next < 0 || formFits() ? next : refuse(Fault.TARGET);
    }

    /** Whether the target is a path, or {@code *} of OPTIONS. */
    private boolean formFits() {
        return pathFrom == pathTo
                || bytes[pathFrom] == '/'
                || targetTo - pathFrom == 1 && isOptions();
    }

    @Override
    boolean noted(Field field, int from, int to) {
        switch (field) {
            case HOST -> {
                if (has(Field.HOST, count() - 1)) {
                    return refused(Fault.HOST_TWICE);
                }
                if (absolute) {
                    return Authority.hostEnd(bytes, from, to) > 0 || refused(Fault.HOST);
                }
                return authority(from, to);
            }
            case EXPECT -> expects |= Octet.same(bytes, from, to, "100-continue");
            case TE -> trailers |= Octet.same(bytes, from, to, "trailers");
            case UPGRADE -> webSocket = Octet.same(bytes, from, to, "websocket");
            default -> {}
        }
        return true;
    }

    @Override
    boolean complete() {
        isHead = "HEAD".equals(method());
        if (Octet.same(bytes, methodFrom, methodTo, "connect")) {
            return refused(Fault.CONNECT);
        }
        if (!old() && !has(Field.HOST, count())) {
            return refused(Fault.HOST_MISSING);
        }
        if (framing == Framing.CHUNKED && (old() || has(Field.CONTENT_LENGTH, count()))) {
            return refused(old() ? Fault.CODING_OLD : Fault.LENGTH_AND_CODING);
        }
        webSocket &= upgrade && !old() && framing == Framing.NONE && "GET".equals(method());
        return framing != Framing.LENGTH
                || length <= limits.body()
                || refused(Fault.BODY_TOO_LARGE);
    }
}
