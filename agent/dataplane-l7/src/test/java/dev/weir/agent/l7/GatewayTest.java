package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Kinds;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gateways and HTTPRoutes, as requests see them. */
class GatewayTest {
    static final String GATEWAY =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {namespace: shop, name: edge}
            spec:
              gatewayClassName: weir
              listeners:
              - {name: web, port: 80, protocol: HTTP}
            """;

    private Site site;
    private EchoServer one;
    private EchoServer two;
    private EchoServer three;

    @BeforeEach
    void open() throws IOException {
        site = Site.open();
        one = new EchoServer("one");
        two = new EchoServer("two");
        three = new EchoServer("three");
        site.service("shop/one:80", one)
                .service("shop/two:80", two)
                .service("shop/three:80", three)
                .given(GATEWAY);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        one.close();
        two.close();
        three.close();
    }

    /**
     * @param spec besides its parent
     */
    static String route(String name, String spec) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {namespace: shop, name: %s}
        spec:
          parentRefs: [{name: edge}]
        """
                        .formatted(name)
                + spec.indent(2);
    }

    private Map<String, Integer> hits(int requests) {
        Map<String, Integer> hits = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            hits.merge(site.ask("a.com", "/"), 1, Integer::sum);
        }
        return hits;
    }

    @Test
    void trafficIsSharedByWeight() {
        site.given(
                route(
                        "shared",
                        """
                        rules:
                        - backendRefs:
                          - {name: one, port: 80, weight: 3}
                          - {name: two, port: 80}
                          - {name: three, port: 80, weight: 0}
                        """));

        Map<String, Integer> hits = hits(400);

        // 300 and 100 are expected; each bound is more than seven standard deviations away
        assertThat(hits).containsOnlyKeys("one", "two");
        assertThat(hits.get("one")).isBetween(235, 365);
    }

    @Test
    void aWrongReferenceFailsItsShareOnly() {
        site.given(
                route(
                        "half",
                        """
                        rules:
                        - backendRefs:
                          - {name: one, port: 80}
                          - {name: nobody, port: 80}
                        """));

        Map<String, Integer> hits = hits(400);

        assertThat(hits).containsOnlyKeys("one", "500");
        assertThat(hits.get("500")).isBetween(130, 270);
    }

    @Test
    void nothingToGoToIs500AndNoEndpoints503() {
        site.service("shop/empty:80")
                .given(
                        route(
                                "none",
                                """
                                rules:
                                - matches: [{path: {type: PathPrefix, value: /none}}]
                                - matches: [{path: {type: PathPrefix, value: /zero}}]
                                  backendRefs: [{name: one, port: 80, weight: 0}]
                                - matches: [{path: {type: PathPrefix, value: /kind}}]
                                  backendRefs: [{kind: Bucket, group: x.y, name: one, port: 80}]
                                - matches: [{path: {type: PathPrefix, value: /empty}}]
                                  backendRefs: [{name: empty, port: 80}]
                                """));

        site.answers("a.com", "/none", "500");
        site.answers("a.com", "/zero", "500");
        site.answers("a.com", "/kind", "500");
        site.answers("a.com", "/empty", "503");
        site.answers("a.com", "/", "404");
    }

    /** Each row's rules have all that precedence is decided by. */
    @ParameterizedTest
    @CsvSource({
        "GET /v2, one",
        "GET /v2/x, one",
        "GET /v2example, three",
        "GET /V2, three",
        "POST /v2, two",
        "POST /v2/x, two",
        "GET /v2 version:two, three",
        "GET /v2 VERSION:two, three",
        "GET /v2 version:Two, one",
        "GET /v2 version:two color:red, two",
        "POST /v2 version:two color:red, two",
        "GET /v2?animal=whale, two",
        "GET /v2?animal=whale&x=1, two",
        "GET /v2?x=1&animal=whale, two",
        "GET /v2?animal=whales, one",
        "GET /v2?Animal=whale, one",
        "GET /v2?animal=whale version:two, three",
        "GET /v2/exact, three",
        "POST /v2/exact color:red version:two, three",
        "GET /v2/exact/, one",
        "GET /other, three",
    })
    void theNarrowestMatchCounts(String request, String by) {
        site.given(
                route(
                        "matches",
                        """
                        rules:
                        - matches: [{path: {type: PathPrefix, value: /v2}}]
                          backendRefs: [{name: one, port: 80}]
                        - matches: [{path: {type: PathPrefix, value: /v2}, method: POST}]
                          backendRefs: [{name: two, port: 80}]
                        - matches:
                          - path: {type: PathPrefix, value: /v2}
                            headers: [{name: Version, value: two}]
                          backendRefs: [{name: three, port: 80}]
                        - matches:
                          - path: {type: PathPrefix, value: /v2}
                            headers: [{name: version, value: two}, {name: Color, value: red}]
                          backendRefs: [{name: two, port: 80}]
                        - matches:
                          - path: {type: PathPrefix, value: /v2}
                            queryParams: [{name: animal, value: whale}]
                          backendRefs: [{name: two, port: 80}]
                        - matches: [{path: {type: Exact, value: /v2/exact}}]
                          backendRefs: [{name: three, port: 80}]
                        - backendRefs: [{name: three, port: 80}]
                        """));
        String[] words = request.split(" ");
        var builder =
                site.visitor
                        .request("a.com", words[1])
                        .method(words[0], java.net.http.HttpRequest.BodyPublishers.noBody());
        for (int i = 2; i < words.length; i++) {
            builder.header(words[i].split(":")[0], words[i].split(":")[1]);
        }

        assertThat(site.visitor.send(builder.build()).by()).isEqualTo(by);
    }

    @Test
    void matchesAreAlternativesAndWhatIsInOneHoldsTogether() {
        site.given(
                route(
                        "matches",
                        """
                        rules:
                        - matches:
                          - path: {type: PathPrefix, value: /a}
                            headers: [{name: x, value: "1"}]
                          - path: {type: Exact, value: /b}
                          backendRefs: [{name: one, port: 80}]
                        """));

        assertThat(site.visitor.get("a.com", "/a", "x", "1").by()).isEqualTo("one");
        assertThat(site.visitor.get("a.com", "/a").by()).isEqualTo("404");
        site.answers("a.com", "/b", "one");
        site.answers("a.com", "/b/c", "404");
    }

    @Test
    void theOlderRouteGoesBeforeTheNewerOne() {
        String spec = "hostnames: [a.com]\nrules:\n- backendRefs: [{name: %s, port: 80}]\n";
        site.given(route("z", spec.formatted("one"))).given(route("a", spec.formatted("two")));
        site.answers("a.com", "/", "one");

        site.without(Kinds.HTTP_ROUTE.key("shop", "z"));

        site.answers("a.com", "/", "two");
    }

    @Test
    void headersOfRequestsAreEdited() throws Exception {
        site.given(
                route(
                        "edits",
                        """
                        rules:
                        - filters:
                          - type: RequestHeaderModifier
                            requestHeaderModifier:
                              set: [{name: X-Set, value: mine}]
                              add: [{name: X-Add, value: more}]
                              remove: [X-Remove]
                          - type: ResponseHeaderModifier
                            responseHeaderModifier:
                              set: [{name: x-echo, value: three}]
                              add: [{name: X-Added, value: here}]
                              remove: [Server]
                          backendRefs:
                          - name: one
                            port: 80
                            filters:
                            - type: RequestHeaderModifier
                              requestHeaderModifier: {add: [{name: X-Share, value: s}]}
                        """));

        Answer answer =
                site.visitor.curl(
                        "-H",
                        "x-set: a",
                        "-H",
                        "X-SET: b",
                        "-H",
                        "x-add: first",
                        "-H",
                        "x-remove: 1",
                        "-H",
                        "X-Kept: 1",
                        "http://a.com/");

        Seen seen = answer.seen();
        assertThat(seen.header("x-set")).isEqualTo("mine");
        assertThat(seen.header("x-add")).isEqualTo("first, more");
        assertThat(seen.header("x-remove")).isEmpty();
        assertThat(seen.header("x-kept")).isEqualTo("1");
        assertThat(seen.header("x-share")).isEqualTo("s");
        assertThat(answer.header("x-echo")).isEqualTo("three");
        assertThat(answer.header("x-added")).isEqualTo("here");
        assertThat(answer.header("server")).isEmpty();
    }

    @Test
    void aGrantThatGoesTakesItsTrafficAlongAtOnce() throws IOException {
        try (EchoServer far = new EchoServer("far")) {
            site.service("far/away:80", far)
                    .given(
                            route(
                                    "across",
                                    """
                                    rules:
                                    - backendRefs: [{name: away, namespace: far, port: 80}]
                                    """));
            site.answers("a.com", "/", "500");

            site.given(
                    """
                    apiVersion: gateway.networking.k8s.io/v1beta1
                    kind: ReferenceGrant
                    metadata: {namespace: far, name: let}
                    spec:
                      from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
                      to: [{group: "", kind: Service}]
                    """);
            site.answers("a.com", "/", "far");

            site.without(Kinds.REFERENCE_GRANT.key("far", "let"));
            site.answers("a.com", "/", "500");
        }
    }

    @Test
    void aRouteWithWhatIsNotServedIsNotServedAtAll() {
        site.given(
                route(
                        "odd",
                        """
                        rules:
                        - backendRefs: [{name: one, port: 80}]
                        - matches: [{path: {type: RegularExpression, value: "/x.*"}}]
                          backendRefs: [{name: two, port: 80}]
                        """));

        site.answers("a.com", "/", "404");
        site.answers("a.com", "/xy", "404");
    }

    @Test
    void timeoutsOfARuleAreKept() {
        site.given(
                route(
                        "timely",
                        """
                        rules:
                        - backendRefs: [{name: one, port: 80}]
                          timeouts: {request: 100ms}
                        """));

        site.answers("a.com", "/", "one");
        site.answers("a.com", "/slow", "504");
    }
}
