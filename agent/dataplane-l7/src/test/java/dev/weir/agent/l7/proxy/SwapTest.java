package dev.weir.agent.l7.proxy;

import static dev.weir.agent.l7.proxy.Tables.WEB;
import static dev.weir.agent.l7.proxy.Tables.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.Action;
import dev.weir.routing.Certificate;
import dev.weir.routing.Hosts;
import dev.weir.routing.RouteTable;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints, tables and ports change while requests run: none of them fails. */
class SwapTest {
    /** Requests, half of them with bodies that must not be sent twice, until it is stopped. */
    private static final class Load implements AutoCloseable {
        final AtomicInteger done = new AtomicInteger();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(Stand stand, int clients) {
            for (int i = 0; i < clients; i++) {
                threads.add(Thread.ofPlatform().start(() -> run(stand)));
            }
        }

        private void run(Stand stand) {
            try (Client client = stand.client()) {
                for (int i = 0; !stop.get(); i++) {
                    if (i % 2 == 0) {
                        client.get("/x");
                    } else {
                        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
                    }
                    Client.Response response = client.read();
                    if (response.status() != 200) {
                        throw new IllegalStateException(response.head());
                    }
                    done.incrementAndGet();
                }
            } catch (IOException | RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        }

        @Override
        public void close() throws InterruptedException {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        }
    }

    @Test
    void endpointsComeAndGoUnderLoad() throws Exception {
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            backends.add(Backend.saying("from " + i));
        }
        Load load;
        try (Stand stand = Stand.of(backends.get(0))) {
            try (Load running = new Load(stand, 8)) {
                load = running;
                for (int i = 0; i < 100; i++) {
                    stand.proxy.endpoints(
                            Tables.web(backends.get(i % 4), backends.get((i + 1 + i / 4) % 4)));
                    Thread.sleep(15);
                }
            }

            assertThat(load.failure.get()).isNull();
            assertThat(load.done.get()).isGreaterThan(100);
        }
        for (Backend backend : backends) {
            assertThat(backend.requests.get()).isPositive();
            backend.close();
        }
    }

    @Test
    void backendsAreReplacedOneByOneAndNoRequestIsLost() throws Exception {
        List<Backend> backends = new ArrayList<>();
        backends.add(Backend.saying("first"));
        backends.add(Backend.saying("second"));
        try (Stand stand = Stand.of(backends.toArray(Backend[]::new))) {
            Load load;
            try (Load running = new Load(stand, 8)) {
                load = running;
                for (int i = 0; i < 10; i++) {
                    Backend old = backends.removeFirst();
                    backends.add(Backend.saying("next"));
                    stand.proxy.endpoints(Tables.web(backends.toArray(Backend[]::new)));
                    Thread.sleep(100);
                    old.stopListening();
                    old.close();
                }
            }
            assertThat(load.failure.get()).isNull();
            assertThat(load.done.get()).isGreaterThan(100);
        }
        for (Backend backend : backends) {
            backend.close();
        }
    }

    @Test
    void connectionsToAnEndpointThatIsGoneAreClosed() throws Exception {
        try (Backend old = Backend.saying("old");
                Backend fresh = Backend.saying("fresh");
                Stand stand = Stand.of(old);
                Client client = stand.client()) {
            assertThat(client.get("/").read().text()).isEqualTo("old");
            assertThat(stand.proxy.metrics().backends()).isEqualTo(1);

            stand.proxy.endpoints(Tables.web(fresh));

            Stand.await(
                    "the end of the old one's connection",
                    () -> stand.proxy.metrics().backends() == 0);
            assertThat(client.get("/").read().text()).isEqualTo("fresh");
        }
    }

    @Test
    void anExchangeWithAnEndpointThatGoesEndsInPeace() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    try {
                                        assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    out.write(Backend.response("late"));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.get("/");
            Stand.await("the request at the backend", () -> backend.requests.get() == 1);

            stand.proxy.endpoints(Tables.web());
            stand.serve(RouteTable.EMPTY);
            go.countDown();

            assertThat(client.read().text()).isEqualTo("late");
            assertThat(client.get("/").read().status()).isEqualTo(404);
            Stand.await("no connection kept", () -> stand.proxy.metrics().backends() == 0);
        }
    }

    @Test
    void tablesOfManyRoutesAreSwappedUnderLoad() throws Exception {
        try (Backend backend = Backend.saying("x");
                Stand stand = Stand.of(backend)) {
            Load load;
            try (Load running = new Load(stand, 8)) {
                load = running;
                for (int i = 0; i < 60; i++) {
                    Map<String, Action> rules = new HashMap<>();
                    for (int j = 0; j < 1_000; j++) {
                        rules.put("/" + i + "/" + j, new Action.Answer(500));
                    }
                    rules.put("", to(WEB));
                    stand.serve(Tables.table(stand.port, rules));
                    Thread.sleep(20);
                }
            }
            assertThat(load.failure.get()).isNull();
            assertThat(load.done.get()).isGreaterThan(100);
        }
    }

    @Test
    void portsOpenAndCloseWithTheTable() throws Exception {
        int other = Stand.freePort();
        try (Backend backend = Backend.saying("x");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(200);

            stand.serve(Tables.web(other));

            try (Client there = new Client(other)) {
                assertThat(there.get("/").read().text()).isEqualTo("x");
            }
            assertThat(client.get("/").read().status()).isEqualTo(404);
            org.assertj.core.api.Assertions.assertThatThrownBy(stand::client)
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void whatIsForTlsIsNotServedOnAnOldPlainConnection(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificates.of(directory, "a.test", "EC").certificate();
        Hosts<Certificate> names =
                new Hosts<>(Map.of("a.test", certificate), Map.of(), Map.of(), Optional.empty());
        try (Backend backend = Backend.saying("x");
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(200);

            stand.serve(Tables.table(stand.port, names, Map.of("", to(WEB))));

            assertThat(client.get("/").read().status()).isEqualTo(404);
            try (Client secure = TlsTest.connect(stand.port, "a.test", "TLSv1.3")) {
                assertThat(secure.get("/").read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aPortThatIsTakenIsSaidAndServedOnceItIsFree() throws Exception {
        try (Backend backend = Backend.saying("x");
                Stand stand = new Stand(settings -> settings)) {
            stand.proxy.endpoints(Tables.web(backend));
            try (java.net.ServerSocket taken =
                    new java.net.ServerSocket(
                            stand.port, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
                assertThat(taken.isBound()).isTrue();
                assertThat(stand.proxy.serve(Tables.web(stand.port)).ports())
                        .containsOnlyKeys(stand.port);
            }

            assertThat(stand.proxy.serve(Tables.web(stand.port)).ports()).isEmpty();

            try (Client client = stand.client()) {
                assertThat(client.get("/").read().text()).isEqualTo("x");
            }
        }
    }

    @Test
    void closingWaitsForWhatIsUnderWay() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Backend backend =
                new Backend(
                        (head, in, out) -> {
                            try {
                                assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            out.write(Backend.response("last"));
                            return true;
                        })) {
            Stand stand = Stand.of(settings -> settings.withLoops(1), backend);
            try (Client idle = stand.client();
                    Client client = stand.client()) {
                client.get("/");
                Stand.await("the request at the backend", () -> backend.requests.get() == 1);
                Thread closing = Thread.ofPlatform().start(stand::close);
                assertThat(idle.isClosed()).isTrue();
                go.countDown();

                Client.Response response = client.read();

                assertThat(response.text()).isEqualTo("last");
                assertThat(response.header("connection")).isEqualTo("close");
                closing.join(10_000);
                assertThat(closing.isAlive()).isFalse();
            }
        }
    }
}
