package dev.weir.agent.l7.http;

import dev.weir.routing.Request;

/** The request line and headers of a request: {@link RequestLine}, {@link PathPolicy}. */
public final class RequestHead extends Head implements Request {
    private final Memo methods = new Memo();
    private final Memo hosts = new Memo();
    private final Memo paths = new Memo();
    private final RequestLine line;

    /** Of host and port; 0 without either. */
    private int authorityFrom;

    private int authorityTo;
    private int hostTo;
    private boolean skipped;
    private boolean expects;
    private boolean trailers;
    private boolean webSocket;
    private boolean isHead;

    public RequestHead(Limits limits) {
        super(limits);
        line = new RequestLine(limits.target());
    }

    @Override
    public String method() {
        return methods.of(bytes, line.methodFrom, line.methodTo);
    }

    /** {@code *} if that is the target. */
    @Override
    public String path() {
        if (line.pathFrom == line.pathTo) {
            return line.targetTo == line.pathTo && line.isMethod(bytes, "OPTIONS") ? "*" : "/";
        }
        return paths.of(bytes, line.pathFrom, line.pathTo);
    }

    @Override
    public String query() {
        return line.pathTo == line.targetTo ? "" : text(line.pathTo + 1, line.targetTo);
    }

    /** Path and query as the backend gets them. */
    public String target() {
        return path() + text(line.pathTo, line.targetTo);
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
        return line.https;
    }

    /** Whether the method is HEAD. */
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

    boolean acceptsTrailers() {
        return trailers;
    }

    RequestLine line() {
        return line;
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
        int end = line.read(bytes, from, stop);
        if (end < 0) {
            return end == MORE ? MORE : refuse(line.fault);
        }
        minor = line.minor;
        if (line.absolute) {
            authority(line.authorityFrom, line.authorityTo);
        }
        return pastFirstLine(lineEnd(end, stop));
    }

    private boolean authority(int from, int to) {
        authorityFrom = from;
        authorityTo = to;
        hostTo = Authority.hostEnd(bytes, from, to);
        return hostTo > 0 || refused(Fault.HOST);
    }

    @Override
    boolean noted(Field field, int from, int to) {
        switch (field) {
            case HOST -> {
                if (fields.count(Field.HOST) > 1) {
                    return refused(Fault.HOST_TWICE);
                }
                if (line.absolute) {
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
        isHead = line.isMethod(bytes, "HEAD");
        if (!old() && fields.count(Field.HOST) == 0) {
            return refused(Fault.HOST_MISSING);
        }
        if (framing == Framing.CHUNKED && (old() || fields.count(Field.CONTENT_LENGTH) > 0)) {
            return refused(old() ? Fault.CODING_OLD : Fault.LENGTH_AND_CODING);
        }
        webSocket &= upgrade && !old() && framing == Framing.NONE && line.isMethod(bytes, "GET");
        return framing != Framing.LENGTH
                || length <= limits.body()
                || refused(Fault.BODY_TOO_LARGE);
    }
}
