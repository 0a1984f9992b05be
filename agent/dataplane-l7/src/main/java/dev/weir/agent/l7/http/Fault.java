package dev.weir.agent.l7.http;

/**
 * Why a message is refused. After any of these the connection is closed, as nobody can say where
 * the next message would begin.
 */
public enum Fault {
    REQUEST_LINE(400, "malformed request line"),
    STATUS_LINE(400, "malformed status line"),
    VERSION(505, "only HTTP/1.0 and HTTP/1.1 are served here"),
    METHOD_TOO_LONG(501, "unknown method"),
    CONNECT(405, "CONNECT is not served here"),
    TARGET(400, "malformed request target"),
    TARGET_TOO_LONG(414, "request target too long"),
    PATH_ENCODING(400, "malformed percent-encoding in the path"),
    PATH_AMBIGUOUS(400, "path with dot segments, backslashes, or encoded slashes or NUL"),
    HEAD_TOO_LARGE(431, "header section too large"),
    HEADERS_TOO_MANY(431, "too many header fields"),
    BARE_LF(400, "line feed without carriage return"),
    BARE_CR(400, "carriage return without line feed"),
    FOLD(400, "folded header line"),
    HEADER_NAME(400, "malformed header name"),
    HEADER_VALUE(400, "control character in a header value"),
    HOST_MISSING(400, "no Host header"),
    HOST_TWICE(400, "more than one Host header"),
    HOST(400, "malformed host"),
    LENGTH(400, "malformed Content-Length"),
    LENGTH_TWICE(400, "more than one Content-Length"),
    LENGTH_AND_CODING(400, "Content-Length and Transfer-Encoding in one message"),
    CODING(400, "Transfer-Encoding that does not end in chunked, or more than one"),
    CODING_UNKNOWN(501, "Transfer-Encoding other than chunked"),
    CODING_OLD(400, "Transfer-Encoding in a message of HTTP/1.0"),
    BODY_TOO_LARGE(413, "body too large"),
    CHUNK(400, "malformed chunk"),
    CHUNK_LINE_TOO_LONG(400, "chunk extensions too long"),
    TRAILER(400, "malformed or forbidden trailer field"),
    TRAILERS_TOO_LARGE(431, "trailers too large");

    private final int status;
    private final String text;

    Fault(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** The status of the answer to a request with this fault; a response with it makes a 502. */
    public int status() {
        return status;
    }

    /** One line for people, without anything that the message said. */
    public String text() {
        return text;
    }
}
