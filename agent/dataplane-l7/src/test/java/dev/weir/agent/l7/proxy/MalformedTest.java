package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not HTTP gets an answer and the door; nobody else notices. */
class MalformedTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding:"
                        + " chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"
            })
    void itIsRefusedAndTheConnectionEnds(String request) throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    if (head.contains("chunked")) {
                                        Client.chunks(in);
                                    }
                                    out.write(Backend.response("passed"));
                                    return true;
                                });
                Stand stand = Stand.of(backend)) {
            try (Client client = stand.client()) {
                client.send(request);
                assertThat(client.read().status()).isEqualTo(400);
                assertThat(client.isClosed()).isTrue();
            }
            try (Client client = stand.client()) {
                assertThat(client.get("/").read().text()).isEqualTo("passed");
            }
        }
    }

    @Test
    void whatIsTooLargeIsRefused() throws IOException {
        try (Backend backend = Backend.saying("x");
                Stand stand = Stand.of(backend)) {
            try (Client client = stand.client()) {
                client.send("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(414);
            }
            try (Client client = stand.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(70_000) + "\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(431);
            }
        }
    }

    @Test
    void noiseHarmsNobody() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] valid =
                "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    if (head.toLowerCase(java.util.Locale.ROOT)
                                            .contains("chunked")) {
                                        Client.chunks(in);
                                    } else {
                                        Backend.drain(head, in);
                                    }
                                    out.write(Backend.response("fine"));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client steady = stand.client()) {
            for (int i = 0; i < 300; i++) {
                byte[] noise = valid.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
                }
                try (Client client = stand.client()) {
                    client.send(noise);
                    client.socket.shutdownOutput();
                    client.in.readAllBytes();
                } catch (IOException reset) {
                    // as good as an end
                }
                assertThat(steady.get("/").read().text()).as("seed " + seed).isEqualTo("fine");
            }
        }
    }
}
