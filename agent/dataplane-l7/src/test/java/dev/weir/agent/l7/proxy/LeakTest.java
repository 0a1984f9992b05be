package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.routing.Certificate;
import dev.weir.routing.Hosts;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever goes when, each buffer is given back, once. */
class LeakTest {
    @BeforeAll
    static void lookAtEach() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @AfterAll
    static void lookAtFew() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @Test
    void theDetectorFindsWhatIsLost() throws Exception {
        lose();
        look();

        assertThat(LeakDetector.FOUND).isNotEmpty();
        LeakDetector.FOUND.clear();
    }

    /** Has the collector find what is lost, and the detector look. */
    private static void look() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            System.gc();
            Thread.sleep(50);
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }

    private static void lose() {
        for (int i = 0; i < 20; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(64);
        }
    }

    @Test
    void clientsAndBackendsThatGoUnderLoadLeaveNothingBehind() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Random backends = new Random(seed + 1);
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    int kind;
                                    synchronized (backends) {
                                        kind = backends.nextInt(6);
                                    }
                                    if (kind == 0) {
                                        return false;
                                    }
                                    byte[] body = Backend.drain(head, in);
                                    byte[] whole = Backend.response("x".repeat(20_000));
                                    out.write(whole, 0, kind == 1 ? 9_000 : whole.length);
                                    return kind > 1 && body.length < 60_000;
                                });
                Stand stand = Stand.of(backend)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Random own = new Random(random.nextLong());
                threads.add(Thread.ofPlatform().start(() -> misbehave(stand, own)));
            }
            for (Thread thread : threads) {
                thread.join(60_000);
            }
            Stand.await("all to be over", () -> stand.proxy.metrics().clients() == 0);
            assertThat(stand.proxy.metrics().accepted()).isGreaterThan(400);
        }
        look();
        assertThat(LeakDetector.FOUND).as("seed " + seed).isEmpty();
    }

    private static void misbehave(Stand stand, Random random) {
        for (int i = 0; i < 60; i++) {
            try (Client client = stand.client()) {
                client.socket.setSoTimeout(200);
                client.socket.setSoLinger(random.nextBoolean(), 0);
                int requests = 1 + random.nextInt(4);
                for (int n = 0; n < requests; n++) {
                    int size = random.nextInt(100_000);
                    client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size);
                    client.send("\r\n\r\n");
                    client.send(new byte[random.nextBoolean() ? size : size / 2]);
                }
                if (random.nextBoolean()) {
                    client.in.readNBytes(random.nextInt(50_000));
                }
            } catch (IOException reset) {
                // what it is about
            }
        }
    }

    @Test
    void handshakesThatEndAnyhowLeaveNothingBehind(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificates.of(directory, "a.test", "EC").certificate();
        Hosts<Certificate> names =
                new Hosts<>(Map.of("a.test", certificate), Map.of(), Map.of(), Optional.empty());
        byte[] hello = {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3};
        Random random = new Random(5);
        try (Backend backend = Backend.saying("x".repeat(100_000));
                Stand stand = TlsTest.stand(backend, names)) {
            for (int i = 0; i < 60; i++) {
                try (Client client = stand.client()) {
                    client.send(i % 2 == 0 ? hello : "GET / HTTP/1.1\r\n\r\n".getBytes());
                    client.socket.setSoLinger(random.nextBoolean(), 0);
                }
                try (Client client = TlsTest.connect(stand.port, "a.test", "TLSv1.3")) {
                    client.get("/");
                    client.in.readNBytes(random.nextInt(50_000));
                    if (random.nextBoolean()) {
                        client.get("/").socket.setSoLinger(true, 0);
                    }
                }
                assertThatThrownBy(() -> TlsTest.connect(stand.port, "b.test", "TLSv1.2"))
                        .isInstanceOf(IOException.class);
            }
            Stand.await("all to be over", () -> stand.proxy.metrics().clients() == 0);
        }
        look();
        assertThat(LeakDetector.FOUND).isEmpty();
    }
}
