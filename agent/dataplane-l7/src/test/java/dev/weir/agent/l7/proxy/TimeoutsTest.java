package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.Action;
import dev.weir.routing.HeaderEdit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nobody is waited for without an end. */
class TimeoutsTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(60);

    private static ProxySettings with(Timeouts timeouts) {
        return ProxySettings.DEFAULT.withTimeouts(timeouts);
    }

    private static Timeouts only(
            Duration head, Duration keepAlive, Duration body, Duration response, Duration idle) {
        return new Timeouts(
                LONG, head, keepAlive, body, LONG, LONG, response, idle, idle, SHORT, LONG, LONG);
    }

    private static Stand stand(Timeouts timeouts, Backend... backends) {
        return Stand.of(s -> s.withTimeouts(with(timeouts).timeouts()), backends);
    }

    /** Says part of an answer, and no more. */
    private static Backend silent(String part) throws IOException {
        return new Backend(
                (head, in, out) -> {
                    out.write(part.getBytes(StandardCharsets.ISO_8859_1));
                    in.skipNBytes(Long.MAX_VALUE);
                    return false;
                });
    }

    @Test
    void aHeadThatDripsIsRefused() throws IOException {
        try (Stand stand = stand(only(SHORT, LONG, LONG, LONG, LONG));
                Client client = stand.client()) {
            long start = System.nanoTime();
            client.send("GET / HTTP/1.1\r\nHo");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(SHORT);
        }
    }

    @Test
    void anUnusedConnectionIsClosed() throws IOException {
        try (Backend backend = Backend.saying("x");
                Stand stand = stand(only(LONG, SHORT, LONG, LONG, LONG), backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(200);

            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aBodyThatStopsIsRefused() throws IOException {
        try (Backend backend = Backend.saying("x");
                Stand stand = stand(only(LONG, LONG, SHORT, LONG, LONG), backend);
                Client client = stand.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aBackendThatSaysNothingIsATimeout() throws IOException {
        try (Backend backend = silent("");
                Stand stand = stand(only(LONG, LONG, LONG, SHORT, LONG), backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(504);
            assertThat(client.get("/").read().status()).isEqualTo(504);
        }
    }

    @Test
    void aResponseThatStopsIsCut() throws IOException {
        try (Backend backend = silent("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
                Stand stand = stand(only(LONG, LONG, LONG, LONG, SHORT), backend);
                Client client = stand.client()) {
            client.get("/");

            assertThat(new String(client.in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .endsWith("\r\n\r\nab");
        }
    }

    @Test
    void theRulesTimeoutGoesBeforeTheProxysOwn() throws IOException {
        Action hurried =
                new Action.Forward(
                        List.of(Tables.share(1, Tables.WEB)),
                        HeaderEdit.NONE,
                        HeaderEdit.NONE,
                        Optional.of(SHORT),
                        Optional.empty());
        try (Backend backend = silent("");
                Stand stand = Stand.of(Tables.web(backend), Map.of("", hurried));
                Client client = stand.client()) {
            long start = System.nanoTime();

            assertThat(client.get("/").read().status()).isEqualTo(504);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(SHORT, SHORT.plusSeconds(2));
        }
    }

    @Test
    void aClientThatDoesNotReadIsClosedInTime() throws Exception {
        Timeouts d = Timeouts.DEFAULT;
        Timeouts timeouts =
                new Timeouts(
                        LONG, LONG, LONG, LONG, SHORT, LONG, LONG, LONG, LONG, SHORT, LONG, LONG);
        assertThat(d).isNotEqualTo(timeouts);
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(
                                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                    .getBytes(StandardCharsets.ISO_8859_1));
                                    byte[] part = new byte[0x10000];
                                    while (true) {
                                        out.write("10000\r\n".getBytes());
                                        out.write(part);
                                        out.write("\r\n".getBytes());
                                    }
                                });
                Stand stand = stand(timeouts, backend);
                Client client = stand.client()) {
            client.get("/");

            Stand.await("the end of both connections", () -> noneOpen(stand));
        }
    }

    @Test
    void aClientThatIsSlowButReadsGetsAll() throws Exception {
        int size = 14 << 20;
        Duration stalled = Duration.ofMillis(700);
        Timeouts timeouts =
                new Timeouts(
                        LONG, LONG, stalled, LONG, stalled, LONG, LONG, LONG, LONG, SHORT, LONG,
                        LONG);
        Capacity d = Capacity.DEFAULT;
        Capacity much = new Capacity(d.connections(), d.message(), 1, 1, 8 << 20, 64 << 10);
        try (Backend backend = Backend.saying("x".repeat(size));
                Stand stand = Stand.of(s -> s.withTimeouts(timeouts).withCapacity(much), backend);
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(8 << 10);
            socket.connect(new InetSocketAddress("127.0.0.1", stand.port));
            try (Client client = new Client(socket)) {
                client.get("/");
                Backend.head(client.in);
                for (int read = 0; read < size; ) {
                    int part = client.in.readNBytes(Math.min(160 << 10, size - read)).length;
                    assertThat(part).as("after " + read).isPositive();
                    read += part;
                    Thread.sleep(50);
                }
            }
        }
    }

    private static boolean noneOpen(Stand stand) {
        Metrics metrics = stand.proxy.metrics();
        return metrics.accepted() > 0 && metrics.clients() + metrics.backends() == 0;
    }

    @Test
    void connectionsBeyondTheMostAreTurnedAway() throws Exception {
        Capacity d = Capacity.DEFAULT;
        Capacity two =
                new Capacity(
                        2,
                        d.message(),
                        d.idleBackends(),
                        d.attempts(),
                        d.waterHigh(),
                        d.waterLow());
        try (Backend backend = Backend.saying("x");
                Stand stand = Stand.of(s -> s.withCapacity(two), backend);
                Client first = stand.client();
                Client second = stand.client()) {
            assertThat(first.get("/").read().status()).isEqualTo(200);
            assertThat(second.get("/").read().status()).isEqualTo(200);
            try (Socket third = new Socket("127.0.0.1", stand.port)) {
                third.setSoTimeout(5_000);
                assertThat(third.getInputStream().read()).isNegative();
            }
            first.close();
            Stand.await("room", () -> stand.proxy.metrics().clients() == 1);
            try (Client next = stand.client()) {
                assertThat(next.get("/").read().status()).isEqualTo(200);
            }
            assertThat(stand.proxy.metrics().turnedAway()).isEqualTo(1);
        }
    }
}
