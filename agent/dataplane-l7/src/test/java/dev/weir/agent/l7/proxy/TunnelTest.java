package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A WebSocket is bytes both ways. */
class TunnelTest {
    private static final String ASK =
            "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version:"
                    + " 13\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    /** Agrees, says hello at once, and sends back what comes. */
    private static Backend echo() throws IOException {
        return new Backend(
                (head, in, out) -> {
                    assertThat(Backend.header(head, "upgrade", "")).isEqualTo("websocket");
                    out.write((AGREE + "hello").getBytes(StandardCharsets.ISO_8859_1));
                    byte[] part = new byte[8_192];
                    for (int n = in.read(part); n >= 0; n = in.read(part)) {
                        out.write(part, 0, n);
                    }
                    return false;
                });
    }

    @Test
    void bytesGoBothWaysUntilOneSideEnds() throws Exception {
        try (Backend backend = echo();
                Stand stand = Stand.of(backend)) {
            try (Client client = stand.client()) {
                client.send(ASK + "early");
                Client.Response response = client.read();
                assertThat(response.status()).isEqualTo(101);
                assertThat(response.header("upgrade")).isEqualTo("websocket");
                assertThat(client.in.readNBytes(10)).asString().isEqualTo("helloearly");

                byte[] much = new byte[4 << 20];
                new Random(3).nextBytes(much);
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        client.send(much);
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });

                assertThat(client.in.readNBytes(much.length)).isEqualTo(much);
            }
            Stand.await(
                    "the end of the tunnel",
                    () -> stand.proxy.metrics().clients() + stand.proxy.metrics().backends() == 0);
        }
    }

    @Test
    void aTunnelOutlivesItsRoute() throws Exception {
        try (Backend backend = echo();
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send(ASK);
            assertThat(client.read().status()).isEqualTo(101);
            assertThat(client.in.readNBytes(5)).asString().isEqualTo("hello");

            stand.proxy.endpoints(Tables.web());
            stand.serve(dev.weir.routing.RouteTable.EMPTY);
            client.send("still");

            assertThat(client.in.readNBytes(5)).asString().isEqualTo("still");
        }
    }

    @Test
    void aRefusalIsAnOrdinaryResponse() throws Exception {
        try (Backend backend = Backend.saying("no");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send(ASK);

            assertThat(client.read().text()).isEqualTo("no");
            assertThat(client.get("/").read().text()).isEqualTo("no");
        }
    }

    @Test
    void nobodyIsSwitchedWithoutHavingAsked() throws Exception {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(AGREE.getBytes(StandardCharsets.ISO_8859_1));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(502);
        }
    }
}
