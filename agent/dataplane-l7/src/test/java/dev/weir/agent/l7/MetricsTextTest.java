package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Kinds;
import dev.weir.routing.TestCertificates;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The text format of Prometheus, version 0.0.4, read by its grammar; and what it says. */
class MetricsTextTest {
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)"
                            + "(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\\n]|\\\\[\\\\n\"])*\",?)*})?"
                            + " (\\+Inf|-Inf|NaN|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)");
    private static final String ROUTE = "{kind=\"Ingress\",namespace=\"shop\",name=\"all\"";
    private static final String UNROUTED = "{kind=\"\",namespace=\"\",name=\"\"";
    private static final String SERVICE = "{namespace=\"shop\",service=\"web\",port=\"80\"";

    private Site site;
    private EchoServer web;

    @BeforeEach
    void open() throws IOException {
        web = new EchoServer("web");
        site =
                Site.open()
                        .service("shop/web:80", web)
                        .service("shop/empty:80")
                        .given(
                                """
                                apiVersion: networking.k8s.io/v1
                                kind: Ingress
                                metadata: {namespace: shop, name: all}
                                spec:
                                  ingressClassName: weir
                                  rules:
                                  - host: a.com
                                    http:
                                      paths:
                                      - pathType: Prefix
                                        path: /
                                        backend: {service: {name: web, port: {number: 80}}}
                                      - pathType: Prefix
                                        path: /empty
                                        backend: {service: {name: empty, port: {number: 80}}}
                                """);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        web.close();
    }

    /** Values by name and labels. Throws where a line is not as the format has it. */
    private static Map<String, Double> parse(String text) {
        assertThat(text).endsWith("\n");
        Map<String, Double> samples = new TreeMap<>();
        Map<String, String> types = new HashMap<>();
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# TYPE ")) {
                assertThat(types.put(words[2], words[3])).as("twice: " + line).isNull();
                assertThat(words[3]).isIn("counter", "gauge", "histogram");
            } else if (line.startsWith("# HELP ")) {
                assertThat(words[3]).isNotBlank();
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                String name = sample.group(1);
                String family = name.replaceAll("_(bucket|sum|count)$", "");
                assertThat(types).as(line).containsKey(types.containsKey(name) ? name : family);
                String labels = sample.group(2) == null ? "" : sample.group(2);
                assertThat(
                                samples.put(
                                        name + labels,
                                        Double.parseDouble(
                                                sample.group(5).replace("Inf", "Infinity"))))
                        .as("twice: " + line)
                        .isNull();
            }
        }
        return samples;
    }

    @Test
    void aProxyWithoutTrafficSaysSo() {
        Map<String, Double> samples = parse(site.metrics());

        assertThat(samples).containsEntry("weir_l7_clients", 0.0);
        assertThat(samples).containsEntry("weir_l7_accepted_total", 0.0);
    }

    @Test
    void requestsAreCountedOnce() throws Exception {
        for (int i = 0; i < 5; i++) {
            site.visitor.curl("-d", "12345678", "http://a.com/");
        }
        site.visitor.curl("http://a.com/empty");
        site.visitor.curl("http://b.com/");
        site.visitor.curl("http://a.com/a/../b", "--path-as-is");

        Map<String, Double> samples = settled(8);

        assertThat(samples)
                .containsEntry("weir_l7_accepted_total", 8.0)
                .containsEntry("weir_l7_clients", 0.0)
                .containsEntry("weir_l7_route_requests_total" + ROUTE + ",code=\"2xx\"}", 5.0)
                .containsEntry("weir_l7_route_requests_total" + ROUTE + ",code=\"5xx\"}", 1.0)
                .containsEntry("weir_l7_route_requests_total" + UNROUTED + ",code=\"4xx\"}", 2.0)
                .containsEntry("weir_l7_service_requests_total" + SERVICE + ",code=\"2xx\"}", 5.0)
                .containsEntry("weir_l7_service_received_bytes_total" + SERVICE + "}", 40.0)
                .containsEntry("weir_l7_route_duration_seconds_count" + ROUTE + "}", 6.0)
                .containsEntry("weir_l7_service_duration_seconds_count" + SERVICE + "}", 5.0);
        assertThat(samples.get("weir_l7_service_sent_bytes_total" + SERVICE + "}"))
                .isGreaterThan(500);
        assertThat(samples.get("weir_l7_service_duration_seconds_sum" + SERVICE + "}"))
                .isBetween(0.0001, 5.0);
        List<Double> buckets = new ArrayList<>();
        for (String line : site.metrics().split("\n")) {
            if (line.startsWith("weir_l7_service_duration_seconds_bucket" + SERVICE)) {
                buckets.add(Double.parseDouble(line.substring(line.lastIndexOf(' '))));
            }
        }
        assertThat(buckets).hasSize(15).isSorted();
        assertThat(buckets.getLast()).isEqualTo(5.0);
    }

    /** A counter is read after the client has its answer, which may be a moment earlier. */
    private Map<String, Double> settled(int requests) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (true) {
            Map<String, Double> samples = parse(site.metrics());
            double counted =
                    samples.entrySet().stream()
                            .filter(e -> e.getKey().startsWith("weir_l7_route_requests_total"))
                            .mapToDouble(Map.Entry::getValue)
                            .sum();
            if (counted == requests && samples.get("weir_l7_clients") == 0) {
                return samples;
            }
            assertThat(System.nanoTime())
                    .as("waited 10 s for %d requests, %s", requests, samples)
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void whatFailsBeforeARequestIsCounted() throws Exception {
        try (Site small =
                Site.open(Map.of("connections", "1"))
                        .service("shop/web:80", web)
                        .given(TestCertificates.make("EC", "a.com").secret("shop", "cert"))
                        .given(
                                """
                                apiVersion: networking.k8s.io/v1
                                kind: Ingress
                                metadata: {namespace: shop, name: all}
                                spec:
                                  ingressClassName: weir
                                  tls: [{hosts: [a.com], secretName: cert}]
                                  defaultBackend: {service: {name: web, port: {number: 80}}}
                                """)) {
            assertThatThrownBy(() -> small.visitor.tls("b.com", "/"))
                    .isInstanceOf(SSLException.class);
            web.close();
            assertThat(small.visitor.raw(80, "GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(502);
            clients(small, 0);
            try (Socket first = new Socket(small.address, 80)) {
                clients(small, 1);
                try (Socket second = new Socket(small.address, 80)) {
                    second.setSoTimeout(10_000);
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
                assertThat(first.isClosed()).isFalse();
            }

            Map<String, Double> samples = parse(small.metrics());

            assertThat(samples)
                    .containsEntry("weir_l7_handshakes_refused_total", 1.0)
                    .containsEntry("weir_l7_turned_away_total", 1.0)
                    .containsEntry("weir_l7_attempts_failed_total", 3.0);
        }
    }

    private static void clients(Site site, int count) throws InterruptedException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (parse(site.metrics()).get("weir_l7_clients") != count) {
            assertThat(System.nanoTime())
                    .as("waited 10 s for %d clients", count)
                    .isLessThan(deadline);
            Thread.sleep(1);
        }
    }

    @Test
    void nothingThatAClientSaysBecomesALabel() throws Exception {
        site.visitor.curl("-H", "Host: evil\"}.com", "http://a.com/");
        site.visitor.curl("http://unknown.example.com/secret-path");

        String text = site.metrics();

        parse(text);
        assertThat(text).doesNotContain("evil", "unknown", "secret-path");
    }

    @Test
    void whatIsGoneIsNoLongerSaid() throws Exception {
        site.ask("a.com", "/");
        assertThat(site.metrics()).contains(ROUTE, SERVICE);

        site.without(Kinds.INGRESS.key("shop", "all"));

        assertThat(site.metrics()).doesNotContain(ROUTE, SERVICE);
        parse(site.metrics());
    }
}
