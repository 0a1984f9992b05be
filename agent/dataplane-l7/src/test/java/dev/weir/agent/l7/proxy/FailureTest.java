package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/** Endpoints that are not there, or go. */
class FailureTest {
    private static final Endpoint NOBODY =
            new Endpoint(IpAddress.of("127.0.0.1"), Stand.freePort());

    @Test
    void anotherEndpointIsTriedWhenOneCannotBeReached() throws IOException {
        try (Backend backend = Backend.saying("here");
                Stand stand = Stand.of();
                Client client = stand.client()) {
            stand.proxy.endpoints(
                    HashTreePMap.singleton(
                            Tables.WEB,
                            new Upstream(
                                    List.of(
                                            NOBODY,
                                            new Endpoint(
                                                    IpAddress.of("127.0.0.1"), backend.port())))));
            for (int i = 0; i < 50; i++) {
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.read().text()).isEqualTo("here");
            }
        }
    }

    @Test
    void nobodyThereIsABadGateway() throws IOException {
        try (Stand stand = Stand.of();
                Client client = stand.client()) {
            stand.proxy.endpoints(
                    HashTreePMap.singleton(Tables.WEB, new Upstream(List.of(NOBODY))));

            assertThat(client.get("/").read().status()).isEqualTo(502);
            assertThat(client.get("/").read().status()).isEqualTo(502);
            assertThat(stand.proxy.metrics().attemptsFailed()).isEqualTo(6);
        }
    }

    /** Each connection is closed, without a word, when a second request comes. */
    private static Backend forgetful(AtomicInteger bodies) throws IOException {
        return new Backend(
                new Backend.Script() {
                    private final java.util.Set<java.io.InputStream> seen =
                            java.util.concurrent.ConcurrentHashMap.newKeySet();

                    @Override
                    public boolean serve(
                            String head, java.io.InputStream in, java.io.OutputStream out)
                            throws IOException {
                        if (!seen.add(in)) {
                            return false;
                        }
                        if (Backend.drain(head, in).length > 0) {
                            bodies.incrementAndGet();
                        }
                        out.write(Backend.response("once"));
                        return true;
                    }
                });
    }

    @Test
    void aReusedConnectionThatIsGoneCostsARequestNothing() throws IOException {
        try (Backend backend = forgetful(new AtomicInteger());
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.get("/").read().text()).isEqualTo("once");
            }
            assertThat(backend.connections).hasValue(50);
        }
    }

    @Test
    void whatIsNotSafeToRepeatIsNotRepeated() throws IOException {
        AtomicInteger bodies = new AtomicInteger();
        try (Backend backend = forgetful(bodies);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
            assertThat(client.send(post).read().status()).isEqualTo(200);

            assertThat(client.send(post).read().status()).isEqualTo(502);

            assertThat(bodies).hasValue(1);
        }
    }

    @Test
    void anAnswerThatIsNotHttpIsABadGateway() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write("SSH-2.0-x\r\n\r\n".getBytes());
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(502);
            assertThat(client.get("/").read().status()).isEqualTo(502);
        }
    }

    @Test
    void aClientThatGoesTakesItsRequestWithIt() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    if (in.read() < 0) {
                                        ended.incrementAndGet();
                                    }
                                    return false;
                                });
                Stand stand = Stand.of(backend)) {
            try (Client client = stand.client()) {
                client.get("/");
                Stand.await("the request at the backend", () -> backend.requests.get() == 1);
            }

            Stand.await("the end of the backend's connection", () -> ended.get() == 1);
            Stand.await(
                    "no connection left",
                    () -> stand.proxy.metrics().clients() + stand.proxy.metrics().backends() == 0);
        }
    }
}
