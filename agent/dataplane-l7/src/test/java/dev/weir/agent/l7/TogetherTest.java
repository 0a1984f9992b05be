package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Kinds;
import dev.weir.routing.TestCertificates;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several routes, several Gateways, and Ingresses beside them, on one proxy. */
class TogetherTest {
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
                .service("shop/three:80", three);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        one.close();
        two.close();
        three.close();
    }

    private static String gateway(String name, String listeners) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {namespace: shop, name: %s}
        spec:
          gatewayClassName: weir
          listeners: [%s]
        """
                .formatted(name, listeners);
    }

    /**
     * @param hosts separated by commas, maybe none
     */
    private static String route(
            String name, String parents, String hosts, String prefix, String service) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {namespace: shop, name: %s}
        spec:
          parentRefs: [%s]
          hostnames: [%s]
          rules:
          - matches: [{path: {type: PathPrefix, value: %s}}]
            backendRefs: [{name: %s, port: 80}]
        """
                .formatted(name, parents, hosts, prefix, service);
    }

    private static String ingress(String host, String path, String service) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {namespace: shop, name: beside}
        spec:
          ingressClassName: weir
          rules:
          - host: "%s"
            http:
              paths:
              - pathType: Prefix
                path: %s
                backend: {service: {name: %s, port: {number: 80}}}
        """
                .formatted(host, path, service);
    }

    @ParameterizedTest
    @CsvSource({
        "very.specific.com, /, one",
        "non.matching.com, /, 404",
        "foo.specific.com, /, 404",
        "a.wildcard.io, /, two",
        "b.a.wildcard.io, /, two",
        "wildcard.io, /, 404",
        "own.wildcard.io, /, three",
        "own.wildcard.io, /x, three",
    })
    void hostsOfARouteAndAListenerMeet(String host, String path, String by) {
        site.given(
                        gateway(
                                "edge",
                                "{name: a, port: 80, protocol: HTTP, hostname: very.specific.com},"
                                        + " {name: b, port: 80, protocol: HTTP, hostname:"
                                        + " \"*.wildcard.io\"}"))
                .given(
                        route(
                                "one",
                                "{name: edge}",
                                "very.specific.com, non.matching.com, \"*.specific.com\"",
                                "/",
                                "one"))
                .given(route("two", "{name: edge}", "\"*.wildcard.io\", wildcard.io", "/", "two"))
                .given(route("three", "{name: edge}", "own.wildcard.io", "/", "three"));

        site.answers(host, path, by);
    }

    @Test
    void theLongerPathOfAnyRouteCounts() {
        site.given(gateway("edge", "{name: a, port: 80, protocol: HTTP}"))
                .given(route("one", "{name: edge}", "", "/", "one"))
                .given(route("two", "{name: edge}", "", "/a", "two"))
                .given(route("three", "{name: edge}", "", "/a/b", "three"));

        site.answers("x.com", "/", "one");
        site.answers("x.com", "/ab", "one");
        site.answers("x.com", "/a", "two");
        site.answers("x.com", "/a/b/c", "three");
    }

    @Test
    void aRouteMayNameOneListener() throws Exception {
        site.given(TestCertificates.make("EC", "x.com").secret("shop", "cert"))
                .given(
                        gateway(
                                "edge",
                                "{name: web, port: 80, protocol: HTTP}, {name: tls, port: 443,"
                                    + " protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}"))
                .given(route("one", "{name: edge, sectionName: tls}", "", "/one", "one"))
                .given(route("two", "{name: edge, port: 80}", "", "/two", "two"));

        assertThat(site.visitor.tls("x.com", "/one").answer().by()).isEqualTo("one");
        assertThat(site.visitor.tls("x.com", "/two").answer().by()).isEqualTo("404");
        site.answers("x.com", "/one", "404");
        site.answers("x.com", "/two", "two");
    }

    @Test
    void gatewaysShareThePortAndGoAlone() {
        String listener = "{name: web, port: 80, protocol: HTTP, hostname: \"*.%s.com\"}";
        site.given(gateway("a", listener.formatted("a")))
                .given(gateway("b", listener.formatted("b")))
                .given(route("one", "{name: a}", "", "/", "one"))
                .given(route("two", "{name: b}", "", "/", "two"))
                .given(route("three", "{name: a}, {name: b}", "", "/both", "three"));
        site.answers("x.a.com", "/", "one");
        site.answers("x.b.com", "/", "two");
        site.answers("x.a.com", "/both", "three");
        site.answers("x.b.com", "/both", "three");

        site.without(Kinds.GATEWAY.key("shop", "a"));

        site.answers("x.a.com", "/", "404");
        site.answers("x.b.com", "/both", "three");
    }

    @Test
    void anIngressHasWhatAGatewayOfItsHostDoesNot() {
        site.given(gateway("edge", "{name: web, port: 80, protocol: HTTP}"))
                .given(route("one", "{name: edge}", "x.com", "/a", "one"))
                .given(ingress("x.com", "/", "two"));

        site.answers("x.com", "/a/b", "one");
        site.answers("x.com", "/b", "two");
        site.answers("y.com", "/a", "404");
        assertThat(site.metrics())
                .contains("kind=\"HTTPRoute\",namespace=\"shop\",name=\"one\"")
                .contains("kind=\"Ingress\",namespace=\"shop\",name=\"beside\"");
    }

    @Test
    void aGatewayThatComesLaterTakesUpRoutesThatAreThere() {
        site.given(route("one", "{name: edge}", "", "/", "one"))
                .given(ingress("only.com", "/", "two"));
        site.answers("x.com", "/", "404");

        site.given(gateway("edge", "{name: web, port: 80, protocol: HTTP}"));
        site.answers("x.com", "/", "one");

        site.without(Kinds.GATEWAY_CLASS.key("", "weir"));
        site.answers("x.com", "/", "404");
        site.answers("only.com", "/", "two");
    }

    @Test
    void aServiceMayBeNamedByItsPortAndComeBackWithAnotherAddress() {
        site.given(ingress("x.com", "/", "one").replace("number: 80", "name: http"));
        site.answers("x.com", "/", "one");

        site.without(Kinds.SERVICE.key("shop", "one"));
        site.answers("x.com", "/", "503");
        site.service("shop/one:8080", three);
        site.answers("x.com", "/", "three");

        site.service("shop/one:8080", two);
        site.answers("x.com", "/", "two");
    }
}
