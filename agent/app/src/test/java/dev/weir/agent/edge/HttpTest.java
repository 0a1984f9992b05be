package dev.weir.agent.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that do not ask as they should. */
class HttpTest {
    private static final Key NODE = Kinds.NODE.key("", "n1");
    private static final String HOST = "127.0.0.1";

    private final Listeners listeners =
            new Listeners(
                    1,
                    Thread.ofVirtual().factory(),
                    connection ->
                            Http.serve(
                                    connection,
                                    path ->
                                            new Http.Answer(
                                                    path.equals("/ok") ? 200 : 404,
                                                    Map.of(),
                                                    "{}")));
    private int port;

    @BeforeEach
    void listen() throws IOException {
        port = Requests.freePort();
        listeners.want(new InetSocketAddress(InetAddress.getByName(HOST), port), NODE);
        assertThat(listeners.apply()).isEmpty();
    }

    @AfterEach
    void close() {
        listeners.close();
    }

    @Test
    void aHeadHasNoBody() throws IOException {
        String answer = Requests.send(HOST, port, "HEAD /ok HTTP/1.0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 2\r\n");
        assertThat(answer).endsWith("\r\n\r\n");
    }

    @Test
    void otherMethodsAreNotAllowed() throws IOException {
        assertThat(Requests.send(HOST, port, "POST /ok HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD\r\n");
    }

    @Test
    void whatIsNoRequestIsRefused() throws IOException {
        assertThat(Requests.send(HOST, port, "hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aRequestWithoutAnEndIsRefused() throws IOException {
        assertThat(Requests.send(HOST, port, "GET /ok HTTP/1.1\r\nA: " + "a".repeat(8_200)))
                .startsWith("HTTP/1.1 400 ");
    }

    /** The only place is taken by one who says nothing, until patience with it ends. */
    @Test
    void oneTooManyIsTurnedAwayAndTheSilentDoNotStay() throws Exception {
        try (Socket silent = new Socket(HOST, port)) {
            silent.setSoTimeout(Requests.TIMEOUT_MILLIS);
            assertThat(turnedAway()).isTrue();

            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }

        long deadline = System.nanoTime() + Requests.TIMEOUT_MILLIS * 1_000_000L;
        while (turnedAway()) {
            assertThat(System.nanoTime()).as("deadline for a free place").isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    private boolean turnedAway() throws IOException {
        try {
            return !Requests.get(HOST, port, "/ok").startsWith("HTTP/1.1 200");
        } catch (java.net.SocketException reset) {
            return true;
        }
    }
}
