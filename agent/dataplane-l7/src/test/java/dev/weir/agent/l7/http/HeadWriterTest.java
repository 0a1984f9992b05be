package dev.weir.agent.l7.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.IpAddress;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HeaderEdit.Header;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    private static final Peer CLIENT = peer("192.0.2.7", false);
    private static final String FROM_CLIENT =
            """
            X-Forwarded-For: 192.0.2.7
            X-Forwarded-Proto: http
            X-Forwarded-Port: 80
            X-Real-IP: 192.0.2.7
            X-Forwarded-Host: a.example
            Forwarded: for=192.0.2.7;proto=http;host=a.example
            """;

    private final HeadWriter writer = new HeadWriter();

    @Test
    void whatIsForOneHopIsLeftOut() {
        String sent =
                request(
                        CLIENT,
                        """
                        GET /a?b=c HTTP/1.1
                        Host: a.example
                        Connection: keep-alive, X-Private
                        Keep-Alive: timeout=5
                        Accept: */*
                        X-Private: 1
                        Proxy-Connection: keep-alive
                        Proxy: http://evil/
                        Upgrade: h2c
                        TE: gzip
                        Cookie: x=y

                        """);
        assertThat(sent)
                .isEqualTo(
                        """
                        GET /a?b=c HTTP/1.1
                        Host: a.example
                        Accept: */*
                        Cookie: x=y
                        """
                                + FROM_CLIENT
                                + "\n");
    }

    @Test
    void whatAClientSaysOfItselfIsReplaced() {
        String sent =
                request(
                        CLIENT,
                        """
                        GET / HTTP/1.1
                        X-Forwarded-For: 127.0.0.1
                        X_Forwarded_For: 127.0.0.1
                        X-Real-IP: 127.0.0.1
                        Host: a.example
                        X-Forwarded-Proto: https
                        Forwarded: for=127.0.0.1

                        """);
        assertThat(sent).isEqualTo("GET / HTTP/1.1\nHost: a.example\n" + FROM_CLIENT + "\n");
    }

    @Test
    void whatATrustedPeerSaysIsAddedTo() {
        String sent =
                request(
                        peer("2001:db8::1", true),
                        """
                        GET / HTTP/1.1
                        Host: a.example:8080
                        X-Forwarded-For: 192.0.2.1
                        X-Forwarded-For: 192.0.2.2
                        X-Forwarded-Proto: https
                        Forwarded: for=192.0.2.1

                        """);
        assertThat(sent)
                .isEqualTo(
                        """
                        GET / HTTP/1.1
                        Host: a.example:8080
                        X-Forwarded-For: 192.0.2.1, 192.0.2.2, 2001:db8::1
                        X-Forwarded-Proto: https
                        X-Forwarded-Port: 80
                        X-Real-IP: 2001:db8::1
                        X-Forwarded-Host: a.example:8080
                        Forwarded: for=192.0.2.1, for="[2001:db8::1]";proto=http;host="a.example:8080"

                        """);
    }

    @Test
    void editsAreDoneOneAfterTheOtherAndLeaveFramingAlone() {
        HeaderEdit first =
                new HeaderEdit(
                        List.of(new Header("X-A", "1"), new Header("Content-Length", "7")),
                        List.of(new Header("X-B", "2"), new Header("X-C", "3")),
                        List.of("x-c", "Accept", "Transfer-Encoding", "Host"));
        HeaderEdit second =
                new HeaderEdit(
                        List.of(new Header("x-b", "4"), new Header("Host", "b.example")),
                        List.of(new Header("X-A", "5")),
                        List.of("X-Real-IP", "Forwarded"));
        RequestHead head =
                Wire.request(
                        """
                        POST / HTTP/1.1
                        x-a: 0
                        Host: a.example
                        Accept: */*
                        Transfer-Encoding: chunked

                        """);
        writer.request(head, CLIENT, first, second);
        assertThat(written())
                .isEqualTo(
                        """
                        POST / HTTP/1.1
                        Host: b.example
                        Transfer-Encoding: chunked
                        X-Forwarded-For: 192.0.2.7
                        X-Forwarded-Proto: http
                        X-Forwarded-Port: 80
                        X-Forwarded-Host: a.example
                        X-A: 1
                        x-b: 4
                        X-A: 5

                        """);
    }

    @Test
    void aWebSocketIsAskedFor() {
        String sent =
                request(
                        CLIENT,
                        """
                        GET /chat HTTP/1.1
                        Host: a.example
                        Upgrade: WebSocket
                        Connection: keep-alive, Upgrade
                        Sec-WebSocket-Key: x

                        """);
        assertThat(sent)
                .isEqualTo(
                        "GET /chat HTTP/1.1\nHost: a.example\nSec-WebSocket-Key: x\n"
                                + FROM_CLIENT
                                + "Connection: Upgrade\nUpgrade: websocket\n\n");
    }

    @Test
    void anAbsoluteTargetBecomesAPathAndItsHostCounts() {
        String sent = request(CLIENT, "GET http://a.example?q HTTP/1.1\nHost: b.example\nA: b\n\n");
        assertThat(sent)
                .isEqualTo("GET /?q HTTP/1.1\nHost: a.example\nA: b\n" + FROM_CLIENT + "\n");
    }

    @Test
    void anOldRequestGetsAHost() {
        String sent = request(CLIENT, "GET / HTTP/1.0\n\n");
        assertThat(sent).startsWith("GET / HTTP/1.1\nHost: 10.0.0.1\nX-Forwarded-For: 192.0.2.7\n");
    }

    @Test
    void aResponseIsPassedOn() {
        RequestHead to = Wire.request("GET / HTTP/1.1\nHost: a\n\n");
        String response =
                """
                HTTP/1.0 200
                Connection: keep-alive, x
                Keep-Alive: timeout=5
                X: y
                Server: s
                Content-Length: 3

                """;
        boolean stays = respond(response, to, false);
        assertThat(stays).isTrue();
        assertThat(written()).isEqualTo("HTTP/1.1 200 \nServer: s\nContent-Length: 3\n\n");
    }

    @Test
    void aBodyUntilTheEndEndsTheConnection() {
        RequestHead to = Wire.request("GET / HTTP/1.1\nHost: a\n\n");
        boolean stays = respond("HTTP/1.1 200 OK\n\n", to, false);
        assertThat(stays).isFalse();
        assertThat(written()).isEqualTo("HTTP/1.1 200 OK\nConnection: close\n\n");
    }

    @Test
    void anOldClientGetsNoChunks() {
        RequestHead to = Wire.request("GET / HTTP/1.0\nConnection: keep-alive\n\n");
        boolean stays = respond("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", to, false);
        assertThat(stays).isFalse();
        assertThat(written()).isEqualTo("HTTP/1.1 200 OK\nConnection: close\n\n");
    }

    @Test
    void anAnswerOfItsOwn() {
        RequestHead to = Wire.request("GET / HTTP/1.0\nConnection: keep-alive\n\n");
        boolean stays = writer.answer(404, to, HeaderEdit.NONE, null, false);
        assertThat(stays).isTrue();
        assertThat(written())
                .isEqualTo(
                        """
                        HTTP/1.1 404 Not Found
                        Content-Type: text/plain
                        Content-Length: 14
                        Connection: keep-alive

                        404 Not Found
                        """);
    }

    private boolean respond(String response, RequestHead to, boolean close) {
        return writer.response(
                Wire.response(response), to, HeaderEdit.NONE, HeaderEdit.NONE, close);
    }

    private String request(Peer peer, String text) {
        writer.request(Wire.request(text), peer, HeaderEdit.NONE, HeaderEdit.NONE);
        return written();
    }

    private String written() {
        return Wire.text(writer.bytes(), 0, writer.length()).replace("\r\n", "\n");
    }

    private static Peer peer(String client, boolean trusted) {
        return new Peer(IpAddress.of(client), IpAddress.of("10.0.0.1"), 80, false, trusted);
    }
}
