package dev.weir.agent.l7.http;

/** How the end of a body is found (RFC 9112 section 6.3). */
public enum Framing {
    /** There is no body. */
    NONE,
    /** It has as many bytes as Content-Length says. */
    LENGTH,
    /** It is in chunks; the last is empty, and trailers may follow. */
    CHUNKED,
    /** It ends where the connection does. Only of a response. */
    CLOSE
}
