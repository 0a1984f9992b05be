package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.routing.Action;
import dev.weir.routing.Action.PathEdit;
import dev.weir.routing.Cluster;
import dev.weir.routing.Cluster.Asked;
import dev.weir.routing.HeaderEdit;
import dev.weir.routing.HeaderEdit.Header;
import dev.weir.routing.compile.Verdicts.Finding;
import dev.weir.routing.compile.Verdicts.OfParent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an HTTPRoute's rules come to, on one plain listener. */
class HttpRoutingTest {
    static final String GATEWAY =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gw, namespace: a}
            spec:
              gatewayClassName: weir
              listeners: [{name: http, port: 80, protocol: HTTP}]
            """;

    private final Cluster cluster =
            Cluster.withClasses()
                    .with(GATEWAY)
                    .services("a", "one:80", "two:80", "three:80", "four:80")
                    .services("b", "far:80");

    /**
     * @param rules the items of spec.rules in YAML's flow style
     */
    static String route(String name, String rules) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: %s, namespace: a}
        spec:
          parentRefs: [{name: gw}]
          rules: [%s]
        """
                .formatted(name, rules);
    }

    static String to(String service) {
        return "backendRefs: [{name: " + service + ", port: 80}]";
    }

    private static String ask(Cluster cluster, String request) {
        return Cluster.ask(cluster.compiled(), 80, "x.com", Asked.parse(request));
    }

    private static OfParent verdict(Cluster cluster, String name) {
        Key key = Kinds.HTTP_ROUTE.key("a", name);
        return cluster.compiled().verdicts().routes().get(key).parents().getFirst();
    }

    private static Action action(Cluster cluster, String path) {
        return cluster.compiled()
                .table()
                .ports()
                .get(80)
                .hosts()
                .find("x.com")
                .flatMap(table -> table.find(Asked.parse("GET " + path)))
                .orElseThrow()
                .action();
    }

    @ParameterizedTest
    @CsvSource({
        "GET /exact, a/one:80",
        "GET /exact/, a/four:80",
        "GET /v2, a/two:80",
        "GET /v2/x, a/two:80",
        "GET /v2example, a/four:80",
        "POST /v2, a/three:80",
        "GET /v2 x-a:1, a/one:80",
        "POST /v2 x-a:1, a/three:80",
        "GET /v2?q=1, a/four:80",
        "GET /v2?q=2&q=1, a/two:80",
        "GET /v2?q=1 x-a:1, a/one:80",
        "GET /v2?q=1 x-a:1 x-b:2, a/two:80",
        "GET /other, a/four:80",
    })
    void theMatchThatSaysMoreGoesFirst(String request, String answer) {
        Cluster served =
                cluster.with(
                        route(
                                "r",
                                """
                                {matches: [{path: {type: Exact, value: /exact}}], %1$s},
                                {matches: [{path: {value: /}}], %4$s},
                                {matches: [{path: {value: /v2/}}], %2$s},
                                {matches: [{path: {value: /v2}, method: POST}], %3$s},
                                {matches: [{path: {value: /v2}, queryParams: [{name: q, value: "1"}]}], %4$s},
                                {matches: [{path: {value: /v2}, headers: [{name: X-A, value: "1"}]}], %1$s},
                                {matches: [{path: {value: /v2}, headers: [{name: X-A, value: "1"}, {name: x-b, value: "2"}]}], %2$s}
                                """
                                        .formatted(to("one"), to("two"), to("three"), to("four"))));

        assertThat(ask(served, request)).isEqualTo(answer);
    }

    @Test
    void ofEqualMatchesTheOlderRouteThenTheNameThenTheFirstRuleGoesFirst() {
        Cluster served =
                cluster.with(route("z", "{" + to("one") + "},{" + to("two") + "}"))
                        .with(route("y", "{" + to("three") + "}"));

        assertThat(ask(served, "GET /")).isEqualTo("a/one:80");
    }

    @Test
    void ofTwoHeadersWithOneNameTheFirstCounts() {
        Cluster served =
                cluster.with(
                        route(
                                "r",
                                "{matches: [{headers: [{name: a, value: x}, {name: A, value: y}]}],"
                                        + to("one")
                                        + "}"));

        assertThat(ask(served, "GET / a:x")).isEqualTo("a/one:80");
        assertThat(ask(served, "GET / a:y")).isEqualTo("404");
    }

    @Test
    void ofSeveralMatchesOneIsEnough() {
        Cluster served =
                cluster.with(
                        route(
                                "r",
                                "{matches: [{path: {value: /a}}, {path: {value: /b}}],"
                                        + to("one")
                                        + "}"));

        assertThat(ask(served, "GET /a")).isEqualTo("a/one:80");
        assertThat(ask(served, "GET /b")).isEqualTo("a/one:80");
        assertThat(ask(served, "GET /c")).isEqualTo("404");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: one, port: 80} | a/one:80 | ResolvedRefs",
                "{name: one, port: 80, weight: 9}, {name: two, port: 80} | 9*a/one:80 a/two:80 |"
                        + " ResolvedRefs",
                "{name: one, port: 80, weight: 0}, {name: two, port: 80} | a/two:80 | ResolvedRefs",
                "{name: one, port: 80, weight: 0} | 500 | ResolvedRefs",
                "{name: one, port: 80}, {name: none, port: 80} | a/one:80 500 | BackendNotFound",
                "{name: one, port: 81} | 500 | BackendNotFound",
                "{name: one} | 500 | BackendNotFound",
                "{name: none, port: 80, weight: 0}, {name: one, port: 80} | a/one:80 |"
                        + " BackendNotFound",
                "{name: b, kind: Bucket, port: 80} | 500 | InvalidKind",
                "{name: one, group: x.com, port: 80} | 500 | InvalidKind",
                "{name: far, namespace: b, port: 80} | 500 | RefNotPermitted",
                "| 500 | ResolvedRefs",
            })
    void aWrongBackendFailsItsShare(String backends, String answer, String reason) {
        String references = backends == null ? "" : backends;
        Cluster served = cluster.with(route("r", "{backendRefs: [" + references + "]}"));

        assertThat(ask(served, "GET /")).isEqualTo(answer);
        assertThat(verdict(served, "r").resolvedRefs().reason()).isEqualTo(reason);
        assertThat(verdict(served, "r").accepted().holds()).isTrue();
    }

    @Test
    void theTableSaysWhichServicesItLeadsTo() {
        Cluster served =
                cluster.with(route("r", "{" + to("one") + "}, {" + to("none") + "}"))
                        .with(IngressRoutingTest.ingress("i", "foo.com|Prefix|/|two"));

        assertThat(served.compiled().services())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("a/one:80", "a/two:80");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPRoute, a, Service, '', b/far:80",
        "HTTPRoute, a, Service, far, b/far:80",
        "HTTPRoute, a, Service, near, 500",
        "HTTPRoute, c, Service, far, 500",
        "Gateway, a, Service, far, 500",
        "HTTPRoute, a, Secret, far, 500",
    })
    void aGrantLetsRoutesReferToAnotherNamespace(
            String kind, String from, String to, String name, String answer) {
        Cluster served =
                cluster.with(route("r", "{backendRefs: [{name: far, namespace: b, port: 80}]}"))
                        .with(
                                """
                                apiVersion: gateway.networking.k8s.io/v1beta1
                                kind: ReferenceGrant
                                metadata: {name: g, namespace: b}
                                spec:
                                  from: [{group: gateway.networking.k8s.io, kind: %s, namespace: %s}]
                                  to: [{group: "", kind: %s%s}]
                                """
                                        .formatted(
                                                kind,
                                                from,
                                                to,
                                                name.isEmpty() ? "" : ", name: " + name));

        assertThat(ask(served, "GET /")).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kubernetes.io/h2c", "https"})
    void aProtocolThatTheProxyDoesNotSpeakIsSaid(String protocol) {
        Cluster served =
                cluster.with(
                                """
                                apiVersion: v1
                                kind: Service
                                metadata: {name: spoken, namespace: a}
                                spec: {ports: [{port: 80, appProtocol: "%s"}]}
                                """
                                        .formatted(protocol))
                        .with(route("r", "{" + to("spoken") + "}"));

        assertThat(ask(served, "GET /")).isEqualTo("500");
        assertThat(verdict(served, "r").resolvedRefs().reason()).isEqualTo("UnsupportedProtocol");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "matches: [{path: {type: RegularExpression, value: /a.*}}]",
                "matches: [{headers: [{type: RegularExpression, name: a, value: b}]}]",
                "matches: [{queryParams: [{type: RegularExpression, name: a, value: b}]}]",
                "filters: [{type: RequestMirror}]",
                "filters: [{type: URLRewrite}]",
                "filters: [{type: ExtensionRef}]",
                "filters: [{type: RequestHeaderModifier}, {type: RequestHeaderModifier}]",
                "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: 'a"
                        + " b', value: c}]}}]",
                "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a,"
                        + " value: \"b\\r\\nc: d\"}]}}]",
                "filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove:"
                        + " [Transfer-Encoding]}}]",
                "filters: [{type: RequestRedirect, requestRedirect: {statusCode: 200}}]",
                "filters: [{type: RequestRedirect, requestRedirect: {scheme: ftp}}]",
                "filters: [{type: RequestRedirect, requestRedirect: {hostname: \"a\\nb\"}}]",
                "filters: [{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath,"
                        + " replaceFullPath: \"/a b\"}}}]",
                "filters: [{type: RequestRedirect}], backendRefs: [{name: one, port: 80}]",
                "filters: [{type: RequestRedirect, requestRedirect: {path: {type:"
                        + " ReplacePrefixMatch, replacePrefixMatch: /b}}}],"
                        + " matches: [{path: {type: Exact, value: /a}}]",
                "timeouts: {request: 1s, backendRequest: 2s}",
                "timeouts: {request: 1d}",
                "backendRefs: [{name: one, port: 80, filters: [{type: RequestRedirect}]}]",
                "backendRefs: [{name: one, port: 80, weight: 1000001}]",
            })
    void whatIsNotServedIsSaidAndTheRouteIsNot(String rule) {
        Cluster served = cluster.with(route("r", "{" + rule + "}, {" + to("one") + "}"));

        assertThat(verdict(served, "r").accepted().reason()).isEqualTo("UnsupportedValue");
        assertThat(verdict(served, "r").accepted().message()).isNotEmpty();
        assertThat(ask(served, "GET /a")).isEqualTo("404");
        assertThat(served.compiled().services()).isEmpty();
    }

    @Test
    void headersAreEditedForTheRuleAndForEachBackend() {
        Cluster served =
                cluster.with(
                        route(
                                "r",
                                """
                                {filters: [
                                  {type: RequestHeaderModifier, requestHeaderModifier:
                                    {set: [{name: X-Set, value: a}], add: [{name: x-add, value: b}], remove: [x-gone]}},
                                  {type: ResponseHeaderModifier, responseHeaderModifier: {remove: [server]}}],
                                 timeouts: {request: 1m30s, backendRequest: 500ms},
                                 backendRefs: [{name: one, port: 80, filters: [
                                  {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x-one, value: "1"}]}}]}]}
                                """));

        Action.Forward forward = (Action.Forward) action(served, "/");

        assertThat(forward.request())
                .isEqualTo(
                        new HeaderEdit(
                                List.of(new Header("X-Set", "a")),
                                List.of(new Header("x-add", "b")),
                                List.of("x-gone")));
        assertThat(forward.response().remove()).containsExactly("server");
        assertThat(forward.shares().getFirst().request().set())
                .containsExactly(new Header("x-one", "1"));
        assertThat(forward.timeout()).contains(Duration.ofSeconds(90));
        assertThat(forward.attemptTimeout()).contains(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @CsvSource({"0s, 0", "10s, 10000", "1h1m1s1ms, 3661001", "99999ms, 99999"})
    void durationsAreThoseOfGatewayApi(String text, long millis) {
        assertThat(GatewayDuration.parse(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.5s", "-1s", "1s ", "100000s", "1s1s1s1s1s", "s"})
    void otherTextsAreNoDurations(String text) {
        assertThat(GatewayDuration.parse(text)).isEmpty();
    }

    @Test
    void aRedirectHasWhatWasWrittenAndTheRestOfTheRequest() {
        Cluster served =
                cluster.with(
                        route(
                                "r",
                                """
                                {matches: [{path: {value: /a/}}, {path: {value: /}}], filters: [
                                  {type: RequestRedirect, requestRedirect: {scheme: https, hostname: y.com,
                                   port: 8443, statusCode: 301,
                                   path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}}]},
                                {matches: [{path: {value: /plain}}], filters: [{type: RequestRedirect}]},
                                {matches: [{path: {value: /full}}], filters: [
                                  {type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /x}}}]}
                                """));

        assertThat(action(served, "/a/c"))
                .isEqualTo(
                        new Action.Redirect(
                                Optional.of("https"),
                                Optional.of("y.com"),
                                Optional.of(8443),
                                Optional.of(new PathEdit.Prefix("/a", "/b")),
                                301,
                                HeaderEdit.NONE));
        assertThat(((Action.Redirect) action(served, "/z")).path())
                .contains(new PathEdit.Prefix("", "/b"));
        assertThat(action(served, "/plain"))
                .isEqualTo(
                        new Action.Redirect(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                302,
                                HeaderEdit.NONE));
        assertThat(((Action.Redirect) action(served, "/full")).path())
                .contains(new PathEdit.Full("/x"));
    }

    @Test
    void aRouteOfAnotherGatewayHasNoVerdict() {
        Cluster served = cluster.with(route("r", "").replace("name: gw", "name: other"));

        assertThat(served.compiled().verdicts().routes()).isEmpty();
    }

    @Test
    void anAcceptedRouteSaysSo() {
        Cluster served = cluster.with(route("r", "{" + to("one") + "}"));

        assertThat(verdict(served, "r").accepted()).isEqualTo(Finding.yes("Accepted"));
    }
}
