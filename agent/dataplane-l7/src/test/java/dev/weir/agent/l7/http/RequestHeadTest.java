package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    private static final Limits SMALL = new Limits(200, 20, 3, 16, 16, 10);

    @Test
    void aRequestIsSeen() {
        RequestHead head =
                Wire.request(
                        """
                        GET /a/b?c=d&e HTTP/1.1
                        host: \tA.Example.:8080 \t
                        Accept: text/html
                        accept:
                        ACCEPT: */*
                        X: ä

                        """);
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.path()).isEqualTo("/a/b");
        assertThat(head.query()).isEqualTo("c=d&e");
        assertThat(head.target()).isEqualTo("/a/b?c=d&e");
        assertThat(head.host()).isEqualTo("a.example");
        assertThat(head.port()).isEqualTo(8080);
        assertThat(head.header("accept")).isEqualTo("text/html, , */*");
        assertThat(head.header("x")).isEqualTo("ä");
        assertThat(head.header("y")).isNull();
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.isHead()).isFalse();
        assertThat(head.old()).isFalse();
    }

    @Test
    void oneViewIsUsedForOneRequestAfterTheOther() {
        RequestHead head = new RequestHead(Limits.DEFAULT);
        byte[] bytes =
                Wire.crlf(
                        """
                        POST http://a.example HTTP/1.1
                        Host: a.example
                        Connection: close
                        TE: trailers
                        Transfer-Encoding: chunked

                        """
                                + "HEAD /b HTTP/1.0\n\n");
        assertThat(head.parse(bytes, 0, bytes.length)).isEqualTo(Progress.DONE);
        assertThat(head.host()).isEqualTo("a.example");
        assertThat(head.framing()).isEqualTo(Framing.CHUNKED);
        assertThat(head.keepAlive()).isFalse();
        assertThat(head.parse(bytes, head.end(), bytes.length)).isEqualTo(Progress.DONE);
        assertThat(head.end()).isEqualTo(bytes.length);
        assertThat(head.isHead()).isTrue();
        assertThat(head.path()).isEqualTo("/b");
        assertThat(head.host()).isEmpty();
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.acceptsTrailers()).isFalse();
        assertThat(head.keepAlive()).isFalse();
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                arguments("GET", "/", "a.example", "/", ""),
                arguments("GET", "/?", "a.example", "/", ""),
                arguments("GET", "/?a/../b%2f%zz\\?", "a.example", "/", "a/../b%2f%zz\\?"),
                arguments("GET", "/...", "a.example", "/...", ""),
                arguments("GET", "/.a/..b/c..", "a.example", "/.a/..b/c..", ""),
                arguments("GET", "/a//b", "a.example", "/a//b", ""),
                arguments("GET", "/%C3%A4%20%3f", "a.example", "/%C3%A4%20%3f", ""),
                arguments("GET", "/%252e%252e/", "a.example", "/%252e%252e/", ""),
                arguments("GET", "/a;b=c/d:@!$&'()*+,=|^{}", "a.example", null, ""),
                arguments("GET", "http://B.example", "b.example", "/", ""),
                arguments("GET", "HTTP://b.example:81/x", "b.example", "/x", ""),
                arguments("GET", "http://b.example?x", "b.example", "/", "x"),
                arguments("GET", "https://[2001:db8::1]:81/x?y", "[2001:db8::1]", "/x", "y"),
                arguments("OPTIONS", "*", "a.example", "*", ""),
                arguments("OPTIONS", "http://b.example", "b.example", "*", ""),
                arguments("OPTIONS", "/", "a.example", "/", ""));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void targetsOfAllForms(String method, String target, String host, String path, String query) {
        RequestHead head = Wire.request(method + " " + target + " HTTP/1.1\nHost: a.example\n\n");
        assertThat(head.host()).isEqualTo(host);
        assertThat(head.path()).isEqualTo(path == null ? target : path);
        assertThat(head.query()).isEqualTo(query);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/.",
                "/a/../b",
                "/a/./b",
                "/%2e%2E/b",
                "/.%2e",
                "/%2e",
                "/..;/b",
                "/..;a=b",
                "/.;",
                "/..%3bx",
                "/..%3B/",
                "/a%2fb",
                "/a%2Fb",
                "/a%5cb",
                "/a%5Cb",
                "/a\\b",
                "/%00",
                "http://a.example/a/../b"
            })
    void pathsThatABackendCouldReadDifferently(String target) {
        assertThat(fault("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo(Fault.PATH_AMBIGUOUS);
    }

    static Stream<Arguments> refused() {
        String line = "GET / HTTP/1.1\r\n";
        String host = line + "Host: a\r\n";
        return Stream.of(
                // RFC 9112 section 2.2 and 3
                arguments("\r\n\r\n" + host + "\r\n", Fault.REQUEST_LINE),
                arguments("\n" + host + "\r\n", Fault.BARE_LF),
                arguments(" " + host + "\r\n", Fault.REQUEST_LINE),
                arguments("GET / HTTP/1.1\nHost: a\r\n\r\n", Fault.BARE_LF),
                arguments("GET / HTTP/1.1\r\nHost: a\n\r\n", Fault.BARE_LF),
                arguments("GET / HTTP/1.1\r\nHost: a\r\n\n", Fault.BARE_LF),
                arguments("GET / HTTP/1.1\rHost: a\r\n\r\n", Fault.BARE_CR),
                arguments("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", Fault.BARE_CR),
                arguments("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", Fault.BARE_CR),
                arguments("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET / \r\n\r\n\r\n\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("G\u00c4T / HTTP/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("\u0016\u0003\u0001", Fault.REQUEST_LINE),
                arguments("G".repeat(33) + " / HTTP/1.1\r\n", Fault.METHOD_TOO_LONG),
                // versions
                arguments("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Fault.VERSION),
                arguments("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Fault.VERSION),
                arguments("GET / HTTP/1.2\r\nHost: a\r\n\r\n", Fault.VERSION),
                arguments("GET / HTTP/0.9\r\nHost: a\r\n\r\n", Fault.VERSION),
                arguments("GET / http/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET / HTTP/1.1x\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET / HTTP/11\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                arguments("GET / HTTPS/1.1\r\nHost: a\r\n\r\n", Fault.REQUEST_LINE),
                // targets
                arguments("GET a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET a.example/b HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET * HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("OPTIONS *?a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /?#a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /?\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /\u007f HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET /% HTTP/1.1\r\nHost: a\r\n\r\n", Fault.PATH_ENCODING),
                arguments("GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n", Fault.PATH_ENCODING),
                arguments("GET /%2?a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.PATH_ENCODING),
                arguments("GET /%u002f HTTP/1.1\r\nHost: a\r\n\r\n", Fault.PATH_ENCODING),
                arguments("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.TARGET),
                arguments("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", Fault.HOST),
                arguments("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", Fault.HOST),
                arguments("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", Fault.HOST),
                arguments("GET http://a/ HTTP/1.1\r\n\r\n", Fault.HOST_MISSING),
                arguments("GET http://a/ HTTP/1.1\r\nHost: b/\r\n\r\n", Fault.HOST),
                arguments("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", Fault.CONNECT),
                arguments("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", Fault.CONNECT),
                // header lines, section 5
                arguments(host + "X : a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X\t: a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + " X: a\r\n\r\n", Fault.FOLD),
                arguments(host + "X: a\r\n b\r\n\r\n", Fault.FOLD),
                arguments(host + "X: a\r\n\tb\r\n\r\n", Fault.FOLD),
                arguments(line + " Host: a\r\n\r\n", Fault.FOLD),
                arguments(host + ": a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X\0: a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X\u00e4: a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X[]: a\r\n\r\n", Fault.HEADER_NAME),
                arguments(host + "X: a\0b\r\n\r\n", Fault.HEADER_VALUE),
                arguments(host + "X: a\u000bb\r\n\r\n", Fault.HEADER_VALUE),
                arguments(host + "X: 123456789\u007f\r\n\r\n", Fault.HEADER_VALUE),
                arguments(host + "X: 123456789\n\r\n", Fault.BARE_LF),
                // Host, section 3.2
                arguments(line + "\r\n", Fault.HOST_MISSING),
                arguments(host + "Host: a\r\n\r\n", Fault.HOST_TWICE),
                arguments(host + "hOST: b\r\n\r\n", Fault.HOST_TWICE),
                arguments(line + "Host:\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a, b\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a b\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a/b\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a@b\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a:b\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a:80:80\r\n\r\n", Fault.HOST),
                arguments(line + "Host: a:65536\r\n\r\n", Fault.HOST),
                arguments(line + "Host: :80\r\n\r\n", Fault.HOST),
                arguments(line + "Host: .\r\n\r\n", Fault.HOST),
                arguments(line + "Host: %61\r\n\r\n", Fault.HOST),
                arguments(line + "Host: \u00e4\r\n\r\n", Fault.HOST),
                arguments(line + "Host: ::1\r\n\r\n", Fault.HOST),
                arguments(line + "Host: [::1\r\n\r\n", Fault.HOST),
                arguments(line + "Host: [::1]a\r\n\r\n", Fault.HOST),
                arguments(line + "Host: [a.example]\r\n\r\n", Fault.HOST),
                arguments("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", Fault.HOST_TWICE),
                // framing, section 6
                arguments(host + "Content-Length: \r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: -1\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: +1\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: 0x1\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: 1 1\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: 1, 1\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: 9223372036854775808\r\n\r\n", Fault.LENGTH),
                arguments(host + "Content-Length: 92233720368547758070\r\n\r\n", Fault.LENGTH),
                arguments(
                        host + "Content-Length: 1\r\nContent-length: 1\r\n\r\n",
                        Fault.LENGTH_TWICE),
                arguments(
                        host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                        Fault.LENGTH_AND_CODING),
                arguments(
                        host + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
                        Fault.LENGTH_AND_CODING),
                arguments(host + "Transfer-Encoding: gzip, chunked\r\n\r\n", Fault.CODING_UNKNOWN),
                arguments(host + "Transfer-Encoding: gzip\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding: chunked, gzip\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding: identity\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding: xchunked\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding: chunked;a=b\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding: \"chunked\"\r\n\r\n", Fault.CODING),
                arguments(host + "Transfer-Encoding:\r\n\r\n", Fault.CODING),
                arguments(
                        host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                        Fault.CODING),
                arguments(
                        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Fault.CODING_OLD));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsRefused(String text, Fault fault) {
        assertThat(fault(text)).isEqualTo(fault);
    }

    static Stream<Arguments> framed() {
        return Stream.of(
                arguments("Content-Length: 0", Framing.LENGTH, 0L),
                arguments("Content-Length:5 ", Framing.LENGTH, 5L),
                arguments("content-length: 005", Framing.LENGTH, 5L),
                arguments("Content-Length: 9223372036854775807", Framing.LENGTH, Long.MAX_VALUE),
                arguments("TRANSFER-ENCODING: Chunked", Framing.CHUNKED, 0L),
                arguments("Content_Length: 5", Framing.NONE, 0L),
                arguments("X: Content-Length: 5", Framing.NONE, 0L));
    }

    @ParameterizedTest
    @MethodSource("framed")
    void bodiesAreFramed(String header, Framing framing, long length) {
        RequestHead head = Wire.request("POST / HTTP/1.1\nHost: a\n" + header + "\n\n");
        assertThat(head.framing()).isEqualTo(framing);
        assertThat(head.length()).isEqualTo(length);
    }

    static Stream<Arguments> connections() {
        return Stream.of(
                arguments("1.1", "Connection: close", false),
                arguments("1.1", "Connection: x, CLOSE", false),
                arguments("1.1", "Connection: keep-alive\nConnection: close", false),
                arguments("1.1", "Connection: closed", true),
                arguments("1.0", "X: y", false),
                arguments("1.0", "Connection: Keep-Alive", true),
                arguments("1.0", "Connection: Keep-Alive, close", false));
    }

    @ParameterizedTest
    @MethodSource("connections")
    void connectionsStayOrNot(String version, String header, boolean stays) {
        RequestHead head = Wire.request("GET / HTTP/" + version + "\nHost: a\n" + header + "\n\n");
        assertThat(head.keepAlive()).isEqualTo(stays);
    }

    @Test
    void anEmptyLineBeforeIsSkipped() {
        assertThat(Wire.request("\nGET /a HTTP/1.1\nHost: a\n\n").path()).isEqualTo("/a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\nUpgrade: websocket\nConnection: upgrade\n\n",
                "POST / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: upgrade\n\n",
                "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n\n",
                "GET / HTTP/1.1\nHost: a\nUpgrade: h2c\nConnection: upgrade\n\n",
                "GET / HTTP/1.1\n"
                        + "Host: a\n"
                        + "Upgrade: websocket\n"
                        + "Upgrade: h2c\n"
                        + "Connection: upgrade\n\n",
                "GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: upgrade\n"
                        + "Content-Length: 1\n\n"
            })
    void noWebSocket(String text) {
        assertThat(Wire.request(text).webSocket()).isFalse();
    }

    @Test
    void limitsHold() {
        String host = "GET / HTTP/1.1\r\nHost: a\r\n";
        assertThat(fault("GET /" + "a".repeat(20) + " HTTP/1.1\r\n", SMALL))
                .isEqualTo(Fault.TARGET_TOO_LONG);
        assertThat(fault("GET /" + "a".repeat(20), SMALL)).isEqualTo(Fault.TARGET_TOO_LONG);
        assertThat(fault("GET /" + "a".repeat(300), SMALL)).isEqualTo(Fault.TARGET_TOO_LONG);
        assertThat(fault(host + "A:\r\nB:\r\nC:\r\n\r\n", SMALL)).isEqualTo(Fault.HEADERS_TOO_MANY);
        assertThat(fault(host + "A: " + "a".repeat(200), SMALL)).isEqualTo(Fault.HEAD_TOO_LARGE);
        assertThat(fault(host + "Content-Length: 11\r\n\r\n", SMALL))
                .isEqualTo(Fault.BODY_TOO_LARGE);
    }

    @Test
    void connectionNamesNoMoreThanThereMayBe() {
        String named = "GET / HTTP/1.1\r\nHost: a\r\nConnection: ";
        assertThat(fault(named + "a,b,c,d\r\n\r\n", SMALL)).isEqualTo(Fault.HEADERS_TOO_MANY);
    }

    @Test
    void aHeadMayBeAsLargeAsTheLimit() {
        String host = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
        String most = host + "a".repeat(SMALL.head() - host.length() - 4) + "\r\n\r\n";
        RequestHead head = new RequestHead(SMALL);
        assertThat(head.parse(Wire.bytes(most + "body"), 0, SMALL.head() + 4))
                .isEqualTo(Progress.DONE);
        assertThat(head.end()).isEqualTo(SMALL.head());
        assertThat(fault(most.replace("A: ", "A: a"), SMALL)).isEqualTo(Fault.HEAD_TOO_LARGE);
    }

    private static Fault fault(String text) {
        return fault(text, Limits.DEFAULT);
    }

    private static Fault fault(String text, Limits limits) {
        RequestHead head = new RequestHead(limits);
        byte[] bytes = Wire.bytes(text);
        assertThat(head.parse(bytes, 0, bytes.length)).isEqualTo(Progress.REFUSED);
        return head.fault();
    }
}
