package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Connections are used again, on both sides. */
class KeepAliveTest {
    @Test
    void oneConnectionEachServesManyRequests() throws IOException {
        try (Backend backend = Backend.saying("hello");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            for (int i = 0; i < 100; i++) {
                Client.Response response = client.get("/" + i).read();

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("hello");
            }

            assertThat(backend.connections).hasValue(1);
            assertThat(backend.requests).hasValue(100);
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(Backend.response(head.split(" ")[1]));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String all = "";
            for (int i = 0; i < 200; i++) {
                all += "GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n";
            }
            client.send(all);

            for (int i = 0; i < 200; i++) {
                assertThat(client.read().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void aClientThatSaysCloseIsClosedAfterTheResponse() throws IOException {
        try (Backend backend = Backend.saying("bye");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            Client.Response response = client.read();

            assertThat(response.text()).isEqualTo("bye");
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void anOldClientIsClosedUnlessItAsksToStay() throws IOException {
        try (Backend backend = Backend.saying("old");
                Stand stand = Stand.of(backend);
                Client closing = stand.client();
                Client staying = stand.client()) {
            closing.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(closing.read().text()).isEqualTo("old");
            assertThat(closing.isClosed()).isTrue();

            staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(staying.read().header("connection")).isEqualTo("keep-alive");
            staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(staying.read().text()).isEqualTo("old");
        }
    }

    @Test
    void aBackendThatEndsItsResponseByClosingEndsTheClients() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write("HTTP/1.0 200 OK\r\n\r\nuntil the end".getBytes());
                                    return false;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            Client.Response response = client.get("/").read();

            assertThat(response.text()).isEqualTo("until the end");
            assertThat(response.header("connection")).isEqualTo("close");
        }
    }

    @Test
    void headHasNoBodyAndTheConnectionStays() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    boolean bodiless = head.startsWith("HEAD");
                                    byte[] whole = Backend.response("body");
                                    out.write(whole, 0, whole.length - (bodiless ? 4 : 0));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.read(false).header("content-length")).isEqualTo("4");
            assertThat(client.get("/").read().text()).isEqualTo("body");
        }
    }
}
