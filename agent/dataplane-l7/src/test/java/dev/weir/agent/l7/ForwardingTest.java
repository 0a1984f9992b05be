package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backend gets to see of a request, and a client of a backend. */
class ForwardingTest {
    static final String INGRESS =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {namespace: shop, name: all}
            spec:
              ingressClassName: weir
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """;

    private EchoServer web;

    @BeforeEach
    void open() throws IOException {
        web = new EchoServer("web");
    }

    @AfterEach
    void close() throws IOException {
        web.close();
    }

    private Site site(Map<String, String> options) {
        return Site.open(options).service("shop/web:80", web).given(INGRESS);
    }

    @Test
    void aBackendHearsWhoAsksAndHow() throws Exception {
        try (Site site = site(Map.of())) {
            Seen seen =
                    site.visitor
                            .curl(
                                    "--interface",
                                    "127.0.0.9",
                                    "-H",
                                    "X-Forwarded-For: 6.6.6.6",
                                    "-H",
                                    "Forwarded: for=6.6.6.6",
                                    "-H",
                                    "X-Real-IP: 6.6.6.6",
                                    "-H",
                                    "X_Forwarded_For: 6.6.6.6",
                                    "-H",
                                    "Connection: X-Hop",
                                    "-H",
                                    "X-Hop: 1",
                                    "http://a.com:80/p?q#f")
                            .seen();

            assertThat(seen.target()).isEqualTo("/p?q");
            assertThat(seen.header("host")).isEqualTo("a.com");
            assertThat(seen.header("x-forwarded-for")).isEqualTo("127.0.0.9");
            assertThat(seen.header("x-real-ip")).isEqualTo("127.0.0.9");
            assertThat(seen.header("forwarded")).isEqualTo("for=127.0.0.9;proto=http;host=a.com");
            assertThat(seen.header("x-forwarded-proto")).isEqualTo("http");
            assertThat(seen.header("x-forwarded-port")).isEqualTo("80");
            assertThat(seen.header("x-forwarded-host")).isEqualTo("a.com");
            assertThat(seen.headers()).doesNotContainKeys("x_forwarded_for", "x-hop");
        }
    }

    @Test
    void aTrustedProxyBeforeUsIsBelieved() throws Exception {
        try (Site site = site(Map.of("trusted", "127.0.0.8/32, ::1/128"))) {
            String[] asked = {
                "--interface",
                "127.0.0.8",
                "-H",
                "X-Forwarded-For: 192.0.2.7",
                "-H",
                "X-Forwarded-Proto: https",
                "-H",
                "Forwarded: for=192.0.2.7",
                "http://a.com/"
            };
            Seen trusted = site.visitor.curl(asked).seen();
            asked[1] = "127.0.0.9";
            Seen other = site.visitor.curl(asked).seen();

            assertThat(trusted.header("x-forwarded-for")).isEqualTo("192.0.2.7, 127.0.0.8");
            assertThat(trusted.header("x-forwarded-proto")).isEqualTo("https");
            assertThat(trusted.header("forwarded"))
                    .isEqualTo("for=192.0.2.7, for=127.0.0.8;proto=http;host=a.com");
            assertThat(other.header("x-forwarded-for")).isEqualTo("127.0.0.9");
            assertThat(other.header("x-forwarded-proto")).isEqualTo("http");
        }
    }

    /** Which curl does of large bodies; it waits a second for the word. */
    @Test
    void aClientMayAskWhetherItsBodyIsWanted(@TempDir Path directory) throws Exception {
        Path large = Files.write(directory.resolve("large"), new byte[3 << 20]);
        try (Site site = site(Map.of())) {
            long began = System.nanoTime();

            Answer answer =
                    site.visitor.curl(
                            "-o",
                            "/dev/null",
                            "-w",
                            "HTTP/1.1 %{http_code} x\r\nsent: %{size_upload}\r\n\r\n",
                            "-H",
                            "Expect: 100-continue",
                            "--expect100-timeout",
                            "9",
                            "--data-binary",
                            "@" + large,
                            "http://a.com/");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("sent")).isEqualTo("" + (3 << 20));
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(Duration.ofSeconds(9));
        }
    }

    @Test
    void eachRequestIsALineOfTheAccessLog(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("access.log");
        try (Site site = site(Map.of("access-log", log.toString()))) {
            site.ask("a.com", "/one?secret=1");
            site.visitor.raw(80, "nonsense\r\n\r\n");
        }

        assertThat(Files.readAllLines(log))
                .hasSize(2)
                .satisfiesExactlyInAnyOrder(
                        line ->
                                assertThat(line)
                                        .contains("GET", "a.com", "/one", " 200 ", "shop/web")
                                        .doesNotContain("secret"),
                        line -> assertThat(line).contains(" 400 "));
    }

    /** Java's client asks to go on with HTTP/2, and is served by HTTP/1.1. */
    @Test
    void anUpgradeThatNobodyTakesGoesNoFurther() throws Exception {
        try (Site site = site(Map.of());
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(URI.create("http://" + site.address + "/"))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(Answer.of(response).seen().headers())
                    .doesNotContainKeys("upgrade", "http2-settings", "connection");
        }
    }

    @Test
    void messagesOfAWebSocketGoBothWays() throws Exception {
        try (Site site = site(Map.of());
                HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<String> heard = new CompletableFuture<>();
            CompletableFuture<Integer> closed = new CompletableFuture<>();
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .connectTimeout(Duration.ofSeconds(10))
                            .buildAsync(
                                    URI.create("ws://" + site.address + "/chat"),
                                    new WebSocket.Listener() {
                                        @Override
                                        public CompletionStage<?> onText(
                                                WebSocket from, CharSequence text, boolean last) {
                                            heard.complete(text.toString());
                                            return WebSocket.Listener.super.onText(
                                                    from, text, last);
                                        }

                                        @Override
                                        public CompletionStage<?> onClose(
                                                WebSocket from, int status, String reason) {
                                            closed.complete(status);
                                            return CompletableFuture.completedStage(null);
                                        }
                                    })
                            .get(10, TimeUnit.SECONDS);
            // what is open stays so, whatever becomes of its route and endpoint
            site.service("shop/web:80").without(Kinds.INGRESS.key("shop", "all"));

            socket.sendText("hello", true).get(10, TimeUnit.SECONDS);

            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
            assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        }
    }

    static Set<String> answering(Site site, String path) {
        Set<String> by = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            by.add(site.ask("a.com", path));
        }
        return by;
    }

    /** Of both families, or of one alone. */
    private static int freePort(String address) throws IOException {
        assumeTrue(
                NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null,
                "loopback has no IPv6 address here");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return free.getLocalPort();
        }
    }

    /** On a port of its own, to Service six. */
    private static String gateway(int port) {
        return """
        apiVersion: v1
        kind: Service
        metadata: {namespace: weir-system, name: ingress}
        spec:
          ports: [{name: six, protocol: TCP, port: %d}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {namespace: shop, name: edge}
        spec:
          gatewayClassName: weir
          listeners: [{name: six, port: %d, protocol: HTTP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {namespace: shop, name: all}
        spec:
          parentRefs: [{name: edge}]
          rules: [{backendRefs: [{name: six, port: 80}]}]
        """
                .formatted(port, port);
    }

    @Test
    void clientsAndBackendsSpeakIpv6() throws Exception {
        int port = freePort("::1");
        try (Site site = Site.at("::1", Map.of());
                EchoServer six = new EchoServer("six", "::1", 0)) {
            site.given(gateway(port)).service("shop/six:80", six);

            Seen seen = new Visitor("[::1]").curl("-g", "http://[::1]:" + port + "/six").seen();

            assertThat(seen.by()).isEqualTo("six");
            assertThat(seen.header("x-forwarded-for")).isEqualTo("::1");
            assertThat(seen.header("x-forwarded-port")).isEqualTo("" + port);
            assertThat(seen.header("host")).isEqualTo("[::1]:" + port);
            assertThat(seen.header("forwarded"))
                    .isEqualTo("for=\"[::1]\";proto=http;host=\"[::1]:" + port + "\"");
        }
    }

    /** As by default; nobody is told of addresses that stand for others. */
    @Test
    void clientsOfAListenerForBothFamiliesAreCalledByTheirOwnAddresses() throws Exception {
        int port = freePort("::");
        try (Site site = Site.at("::", Map.of("trusted", "127.0.0.8/32"))) {
            site.given(gateway(port)).service("shop/six:80", web);
            String url = "http://a.com:" + port + "/";

            Seen four = new Visitor("127.0.0.1").curl("--interface", "127.0.0.9", url).seen();
            Seen six = new Visitor("[::1]").curl(url).seen();
            Seen trusted =
                    new Visitor("127.0.0.1")
                            .curl("--interface", "127.0.0.8", "-H", "X-Forwarded-For: ::2", url)
                            .seen();

            assertThat(four.header("x-forwarded-for")).isEqualTo("127.0.0.9");
            assertThat(four.header("forwarded")).startsWith("for=127.0.0.9;");
            assertThat(six.header("x-forwarded-for")).isEqualTo("::1");
            assertThat(trusted.header("x-forwarded-for")).isEqualTo("::2, 127.0.0.8");
        }
    }

    @Test
    void oneBackendThatIsDownIsNotNoticed() throws Exception {
        EchoServer down = new EchoServer("down", "127.0.0.1", 0);
        try (Site site = site(Map.of())) {
            site.service("shop/web:80", web, down);
            down.close();

            assertThat(answering(site, "/")).containsExactly("web");
        }
    }
}
