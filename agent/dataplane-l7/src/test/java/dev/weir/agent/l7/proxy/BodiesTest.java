package dev.weir.agent.l7.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Bodies go through as they are, however they are framed, and wait where they are not taken. */
class BodiesTest {
    private static final int LARGE = 12 << 20;

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends back what it gets, in chunks of odd sizes or with its length. */
    private static Backend echo(boolean chunked) throws IOException {
        return new Backend(
                (head, in, out) -> {
                    byte[] body =
                            Backend.header(head, "transfer-encoding", "").equals("chunked")
                                    ? Client.chunks(in)
                                    : Backend.drain(head, in);
                    if (chunked) {
                        out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
                        chunks(body, out);
                    } else {
                        String length = "Content-Length: " + body.length;
                        out.write(ascii("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n"));
                        out.write(body);
                    }
                    return true;
                });
    }

    private static void chunks(byte[] body, OutputStream out) throws IOException {
        Random random = new Random(11);
        for (int at = 0; at < body.length; ) {
            int size = Math.min(body.length - at, 1 + random.nextInt(100_000));
            out.write(ascii(Integer.toHexString(size) + "\r\n"));
            out.write(body, at, size);
            out.write(ascii("\r\n"));
            at += size;
        }
        out.write(ascii("0\r\nX-Sum: 1\r\n\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sends while the test reads: neither side may have to hold all. */
    private static void sendLater(Client client, byte[] head, byte[] body, boolean chunked) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                client.send(head);
                                if (chunked) {
                                    chunks(body, client.socket.getOutputStream());
                                } else {
                                    client.send(body);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
    }

    @Test
    void largeBodiesOfKnownLengthGoBothWays() throws IOException {
        byte[] body = random(LARGE);
        try (Backend backend = echo(false);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + LARGE + "\r\n\r\n";
            sendLater(client, ascii(head), body, false);

            assertThat(hash(client.read().body())).isEqualTo(hash(body));
            sendLater(client, ascii(head), body, false);
            assertThat(hash(client.read().body())).isEqualTo(hash(body));
        }
    }

    @Test
    void largeChunkedBodiesGoBothWays() throws IOException {
        byte[] body = random(LARGE);
        try (Backend backend = echo(true);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            sendLater(client, ascii(head), body, true);
            assertThat(hash(client.read().body())).isEqualTo(hash(body));

            sendLater(client, ascii(head), body, true);
            assertThat(hash(client.read().body())).isEqualTo(hash(body));
        }
    }

    @Test
    void anOldClientGetsChunkedContentWithoutItsChunks() throws IOException {
        byte[] body = random(1 << 20);
        try (Backend backend = echo(true);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String head = "POST / HTTP/1.0\r\nContent-Length: " + body.length + "\r\n\r\n";
            sendLater(client, ascii(head), body, false);

            Client.Response response = client.read();

            assertThat(response.head().toLowerCase(java.util.Locale.ROOT))
                    .doesNotContain("transfer-encoding");
            assertThat(hash(response.body())).isEqualTo(hash(body));
        }
    }

    @Test
    void aByteAtATimeIsAsGoodAsAllAtOnce() throws IOException, InterruptedException {
        try (Backend backend = echo(true);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            for (byte b : ascii(head + "3;x=\"y\"\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
                client.send(new byte[] {b});
                Thread.sleep(0, 200_000);
            }

            assertThat(client.read().text()).isEqualTo("abcde");
        }
    }

    @Test
    void whatAClientDoesNotReadIsNotFetched() throws Exception {
        AtomicLong written = new AtomicLong();
        int size = 256 << 20;
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    byte[] part = new byte[64 << 10];
                                    String length = "Content-Length: " + size;
                                    out.write(ascii("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n"));
                                    for (int i = 0; i < size / part.length; i++) {
                                        out.write(part);
                                        written.addAndGet(part.length);
                                    }
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.get("/");
            long last = -1;
            while (written.get() != last) {
                last = written.get();
                Thread.sleep(500);
            }

            // The kernel's buffers of two connections, and little of the proxy.
            assertThat(last).isLessThan(32 << 20);
            Backend.head(client.in);
            client.in.skipNBytes(size);
            assertThat(client.in.available()).isZero();
        }
    }

    @Test
    void whatABackendDoesNotReadIsNotTakenFromTheClient() throws Exception {
        AtomicLong written = new AtomicLong();
        int size = 128 << 20;
        Object gate = new Object();
        boolean[] open = {false};
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    synchronized (gate) {
                                        while (!open[0]) {
                                            try {
                                                gate.wait(10_000);
                                            } catch (InterruptedException e) {
                                                throw new IllegalStateException(e);
                                            }
                                        }
                                    }
                                    in.skipNBytes(size);
                                    out.write(Backend.response("taken"));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    String length = "Content-Length: " + size;
                                    client.send("PUT / HTTP/1.1\r\nHost: a\r\n" + length);
                                    client.send("\r\n\r\n");
                                    byte[] part = new byte[64 << 10];
                                    for (int i = 0; i < size / part.length; i++) {
                                        client.send(part);
                                        written.addAndGet(part.length);
                                    }
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            long last = -1;
            while (written.get() != last) {
                last = written.get();
                Thread.sleep(500);
            }
            assertThat(last).isLessThan(32 << 20);

            synchronized (gate) {
                open[0] = true;
                gate.notifyAll();
            }

            assertThat(client.read().text()).isEqualTo("taken");
        }
    }

    @Test
    void aClientThatExpectsToContinueHearsTheBackend() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    assertThat(Backend.header(head, "expect", ""))
                                            .isEqualTo("100-continue");
                                    out.write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
                                    byte[] body = Backend.drain(head, in);
                                    out.write(Backend.response(new String(body)));
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send(
                    "POST / HTTP/1.1\r\n"
                            + "Host: a\r\n"
                            + "Expect: 100-continue\r\n"
                            + "Content-Length: 4\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);
            client.send("data");

            assertThat(client.read().text()).isEqualTo("data");
        }
    }

    @Test
    void anAnswerBeforeTheBodyIsReadAndEndsTheConnection() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(
                                            ascii(
                                                    "HTTP/1.1 413 Too Large\r\nContent-Length:"
                                                            + " 0\r\nConnection: close\r\n\r\n"));
                                    return false;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            byte[] body = random(8 << 20);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    String length = "Content-Length: " + body.length;
                                    client.send("POST / HTTP/1.1\r\nHost: a\r\n" + length);
                                    client.send("\r\n\r\n");
                                    client.send(body);
                                } catch (IOException closed) {
                                    // as it may be
                                }
                            });

            Client.Response response = client.read();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.header("connection")).isEqualTo("close");
        }
    }

    @Test
    void aLargeAnswerBeforeTheBodyIsReadWhole() throws Exception {
        byte[] body = random(8 << 20);
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    String length = "Content-Length: " + body.length;
                                    out.write(ascii("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n"));
                                    out.write(body);
                                    return true;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab");
            Thread.sleep(500);

            assertThat(hash(client.read().body())).isEqualTo(hash(body));
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aHeadInPartsIsAsGoodAsAWholeOne() throws Exception {
        try (Backend backend = echo(false);
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            byte[] request =
                    ascii(
                            "POST / HTTP/1.1\r\nHost: a\r\nX-Long: "
                                    + "x".repeat(6_000)
                                    + "\r\nContent-Length: 5\r\n\r\nhello");
            for (int cut : new int[] {1, 10, 2_047, 2_048, 2_049, 4_000, request.length - 6}) {
                client.send(Arrays.copyOf(request, cut));
                Thread.sleep(20);
                client.send(Arrays.copyOfRange(request, cut, cut + (request.length - cut) / 2));
                Thread.sleep(20);
                client.send(
                        Arrays.copyOfRange(
                                request, cut + (request.length - cut) / 2, request.length));

                assertThat(client.read().text()).as("cut at " + cut).isEqualTo("hello");
            }
        }
    }

    @Test
    void aResponseThatIsCutShortIsSeenAsThat() throws IOException {
        try (Backend backend =
                        new Backend(
                                (head, in, out) -> {
                                    out.write(
                                            ascii(
                                                    "HTTP/1.1 200 OK\r\n"
                                                            + "Content-Length: 9\r\n\r\n"
                                                            + "ab"));
                                    return false;
                                });
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.get("/");

            byte[] all = client.in.readAllBytes();

            assertThat(new String(Arrays.copyOfRange(all, all.length - 2, all.length)))
                    .isEqualTo("ab");
        }
    }
}
