package dev.weir.agent.l7.http;

/** The status line and headers of a response. */
public final class ResponseHead extends Head {
    /** {@code HTTP/1.1 200}; a blank and a reason may follow. */
    private static final int CODE_AT = 9;

    private static final int REASON_AT = 12;

    private int status;
    private int lineFrom;
    private int reasonFrom;
    private int reasonTo;

    public ResponseHead(Limits limits) {
        super(limits);
    }

    /** From 100 to 999. */
    public int status() {
        return status;
    }

    /** Whether it is only a notice (1xx but 101), and another response to the request follows. */
    public boolean interim() {
        return status < 200 && status != 101;
    }

    /**
     * How its body ends.
     *
     * @param toHead whether the request was HEAD
     */
    public Framing framing(boolean toHead) {
        return toHead || status < 200 || status == 204 || status == 304 ? Framing.NONE : framing;
    }

    /** Bytes of its body if {@link Framing#LENGTH}, else of no meaning. */
    public long length() {
        return length;
    }

    /** Whether a client of HTTP/1.0 gets only the content of its chunks, and then the end. */
    public boolean unchunked(RequestHead to) {
        return to.old() && framing(to.isHead()) == Framing.CHUNKED;
    }

    int lineFrom() {
        return lineFrom;
    }

    int reasonFrom() {
        return reasonFrom;
    }

    int reasonTo() {
        return reasonTo;
    }

    @Override
    void started() {
        status = 0;
    }

    @Override
    int firstLine(int from, int stop) {
        int version = Version.read(bytes, from, stop);
        if (version < 0) {
            return version == MORE ? MORE : refuse(Fault.STATUS_LINE);
        }
        if (stop - from <= REASON_AT) {
            return MORE;
        }
        minor = version;
        lineFrom = from;
        status = 0;
        for (int i = from + CODE_AT; i < from + REASON_AT; i++) {
            int digit = bytes[i] - '0';
            status = digit < 0 || digit > 9 ? -1000 : 10 * status + digit;
        }
        byte after = bytes[from + REASON_AT];
        if (status < 100 || bytes[from + CODE_AT - 1] != ' ' || after != ' ' && after != '\r') {
            return refuse(Fault.STATUS_LINE);
        }
        reasonFrom = after == ' ' ? from + REASON_AT + 1 : from + REASON_AT;
        reasonTo = Octet.valueEnd(bytes, reasonFrom, stop);
        return pastFirstLine(lineEnd(reasonTo, stop));
    }

    @Override
    boolean noted(Field field, int from, int to) {
        return true;
    }

    @Override
    boolean complete() {
        if (framing == Framing.CHUNKED && (old() || fields.count(Field.CONTENT_LENGTH) > 0)) {
            return refused(old() ? Fault.CODING_OLD : Fault.LENGTH_AND_CODING);
        }
        if (framing == Framing.NONE) {
            framing = Framing.CLOSE;
        }
        return true;
    }
}
