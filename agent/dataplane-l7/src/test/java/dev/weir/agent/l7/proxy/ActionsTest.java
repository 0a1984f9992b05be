package dev.weir.agent.l7.proxy;

import static dev.weir.agent.l7.proxy.Tables.WEB;
import static dev.weir.agent.l7.proxy.Tables.forward;
import static dev.weir.agent.l7.proxy.Tables.share;
import static dev.weir.agent.l7.proxy.Tables.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.Action;
import dev.weir.routing.Action.Share;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HeaderEdit.Header;
import dev.weir.routing.HostTable;
import dev.weir.routing.Hosts;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.ServicePort;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/** What a table says is done. */
class ActionsTest {
    private static final ServicePort API = new ServicePort("default", "api", 8080);

    /** Answers with the head that came. */
    private static Backend mirror() throws IOException {
        return new Backend(
                (head, in, out) -> {
                    out.write(Backend.response(head));
                    return true;
                });
    }

    @Test
    void aRequestGoesWhereItsPathSays() throws IOException {
        try (Backend web = Backend.saying("web");
                Backend api = Backend.saying("api");
                Stand stand =
                        Stand.of(
                                Tables.web(web).plus(API, Tables.upstream(api)),
                                Map.of("/web", to(WEB), "/api", to(API)));
                Client client = stand.client()) {
            assertThat(client.get("/web").read().text()).isEqualTo("web");
            assertThat(client.get("/api/v1").read().text()).isEqualTo("api");
            assertThat(client.get("/apiary").read().status()).isEqualTo(404);
            assertThat(client.get("/web/").read().text()).isEqualTo("web");
        }
    }

    @Test
    void aHostOfNobodyIsNotFound() throws IOException {
        try (Backend web = Backend.saying("web");
                Stand stand = Stand.of(web);
                Client client = stand.client()) {
            HostTable rules = new HostTable(Map.of(), Map.of("", List.of(Tables.rule(to(WEB)))));
            Hosts<HostTable> hosts =
                    new Hosts<>(Map.of("a.test", rules), Map.of(), Map.of(), Optional.empty());
            stand.serve(
                    new RouteTable(
                            new TreeMap<>(
                                    Map.of(
                                            stand.port,
                                            new PortTable(
                                                    stand.port, false, hosts, Hosts.none())))));

            client.send("GET / HTTP/1.1\r\nHost: A.test:1234\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost: b.test\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(404);
        }
    }

    @Test
    void aServiceWithoutEndpointsIsUnavailable() throws IOException {
        try (Stand stand = Stand.of();
                Client client = stand.client()) {
            assertThat(client.get("/").read().status()).isEqualTo(503);
            assertThat(client.get("/").read().status()).isEqualTo(503);
        }
    }

    @Test
    void answersAndRedirectsNeedNoBackend() throws IOException {
        Action redirect =
                new Action.Redirect(
                        Optional.of("https"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        308,
                        new HeaderEdit(List.of(new Header("X-By", "rule")), List.of(), List.of()));
        try (Stand stand =
                        Stand.of(
                                HashTreePMap.empty(),
                                Map.of("/no", new Action.Answer(500), "/to", redirect));
                Client client = stand.client()) {
            assertThat(client.get("/no").read().status()).isEqualTo(500);

            Client.Response moved = client.get("/to/it?a=b").read();

            assertThat(moved.status()).isEqualTo(308);
            assertThat(moved.header("location")).isEqualTo("https://shop.example.com/to/it?a=b");
            assertThat(moved.header("x-by")).isEqualTo("rule");
        }
    }

    @Test
    void sharesGetWhatTheirWeightsSay() throws IOException {
        Share nowhere = new Share(1, new Action.Target.Fail(500), HeaderEdit.NONE, HeaderEdit.NONE);
        Action split =
                forward(
                        HeaderEdit.NONE,
                        HeaderEdit.NONE,
                        share(2, WEB),
                        share(1, API),
                        nowhere,
                        share(0, new ServicePort("default", "never", 1)));
        try (Backend web = Backend.saying("web");
                Backend api = Backend.saying("api");
                Stand stand =
                        Stand.of(
                                Tables.web(web).plus(API, Tables.upstream(api)),
                                Map.of("", split));
                Client client = stand.client()) {
            Map<String, Integer> seen = new HashMap<>();
            for (int i = 0; i < 2_000; i++) {
                Client.Response response = client.get("/").read();
                seen.merge(response.status() + response.text().trim(), 1, Integer::sum);
            }

            // Of 2,000 each of these is more than six standard deviations from its mean.
            assertThat(seen.get("200web")).isBetween(860, 1_140);
            assertThat(seen.get("200api")).isBetween(380, 620);
            assertThat(seen.get("500500 Internal Server Error")).isBetween(380, 620);
            assertThat(seen).hasSize(3);
        }
    }

    @Test
    void headersAreEditedByRuleAndShareBothWays() throws IOException {
        HeaderEdit request =
                new HeaderEdit(List.of(new Header("X-Set", "rule")), List.of(), List.of("X-Gone"));
        HeaderEdit response =
                new HeaderEdit(List.of(), List.of(new Header("X-Answer", "rule")), List.of());
        Share share =
                new Share(
                        1,
                        new Action.Target.To(WEB),
                        new HeaderEdit(List.of(new Header("X-Share", "1")), List.of(), List.of()),
                        new HeaderEdit(List.of(new Header("X-Too", "2")), List.of(), List.of()));
        try (Backend backend = mirror();
                Stand stand =
                        Stand.of(
                                Tables.web(backend),
                                Map.of("", forward(request, response, share)));
                Client client = stand.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Gone: 1\r\nX-Set: client\r\n\r\n");

            Client.Response answer = client.read();

            assertThat(answer.text()).contains("X-Set: rule", "X-Share: 1");
            assertThat(answer.text()).doesNotContain("X-Gone", "client");
            assertThat(answer.header("x-answer")).isEqualTo("rule");
            assertThat(answer.header("x-too")).isEqualTo("2");
        }
    }

    @Test
    void theBackendLearnsWhoAsked() throws IOException {
        try (Backend backend = mirror();
                Stand stand = Stand.of(backend);
                Client client = stand.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");

            String head = client.read().text();

            assertThat(Backend.header(head, "x-forwarded-for", "")).isEqualTo("127.0.0.1");
            assertThat(Backend.header(head, "x-forwarded-proto", "")).isEqualTo("http");
            assertThat(Backend.header(head, "host", "")).isEqualTo("a");
        }
    }
}
