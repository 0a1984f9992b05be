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

/** Which requests, routes and certificates a listener has. */
class ListenerTest {
    private Site site;
    private EchoServer one;
    private EchoServer two;

    @BeforeEach
    void open() throws IOException {
        site = Site.open();
        one = new EchoServer("one");
        two = new EchoServer("two");
        site.service("shop/one:80", one).service("shop/two:80", two).given(GatewayTest.GATEWAY);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        one.close();
        two.close();
    }

    @ParameterizedTest
    @CsvSource({
        "empty.com, /, any",
        "empty.com, /wide, any",
        "x.example.com, /wide, wide",
        "y.x.example.com, /wide, wide",
        "x.example.com, /, 404",
        "foo.example.com, /foo, foo",
        "foo.example.com, /wide, 404",
        "foo.example.com, /any, 404",
        "b.foo.example.com, /below, below",
        "b.foo.example.com, /wide, 404",
        "example.com, /any, any",
    })
    void aListenerKeepsItsHostsToItself(String host, String path, String by) throws Exception {
        StringBuilder routes = new StringBuilder();
        for (String listener : new String[] {"any", "wide", "below", "foo"}) {
            routes.append("---\n")
                    .append(
                            GatewayTest.route(
                                            listener,
                                            """
                                            rules:
                                            - matches:
                                              - {path: {type: PathPrefix, value: /%s}}
                                              backendRefs: [{name: %s, port: 80}]
                                            """
                                                    .formatted(
                                                            listener.equals("any") ? "" : listener,
                                                            listener))
                                    .replace(
                                            "{name: edge}",
                                            "{name: edge, sectionName: " + listener + "}"));
        }
        try (EchoServer any = new EchoServer("any");
                EchoServer wide = new EchoServer("wide");
                EchoServer below = new EchoServer("below");
                EchoServer foo = new EchoServer("foo")) {
            site.service("shop/any:80", any)
                    .service("shop/wide:80", wide)
                    .service("shop/below:80", below)
                    .service("shop/foo:80", foo)
                    .given(
                            GatewayTest.GATEWAY.replace("{name: web", "{name: any")
                                    + """
                                      - {name: wide, port: 80, protocol: HTTP, hostname: "*.example.com"}
                                      - {name: below, port: 80, protocol: HTTP, hostname: "*.foo.example.com"}
                                      - {name: foo, port: 80, protocol: HTTP, hostname: foo.example.com}
                                    """
                                    + routes);

            site.answers(host, path, by);
        }
    }

    @Test
    void onlyRoutesThatAListenerAllowsAreServed() {
        String foreign =
                GatewayTest.route("foreign", "rules:\n- backendRefs: [{name: away, port: 80}]\n")
                        .replace("namespace: shop", "namespace: far")
                        .replace("{name: edge}", "{name: edge, namespace: shop}");
        site.service("far/away:80", two).given(foreign);
        site.answers("a.com", "/", "404");

        site.given(
                GatewayTest.GATEWAY.replace(
                        "protocol: HTTP",
                        "protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector:"
                                + " {matchLabels: {edge: open}}}}"));
        site.answers("a.com", "/", "404");
        String namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: far%s}\n";
        site.given(namespace.formatted(", labels: {edge: open}"));
        site.answers("a.com", "/", "two");
        site.given(namespace.formatted(", labels: {edge: shut}"));
        site.answers("a.com", "/", "404");

        site.given(
                GatewayTest.GATEWAY.replace(
                        "protocol: HTTP",
                        "protocol: HTTP, allowedRoutes: {namespaces: {from: All}}"));
        site.answers("a.com", "/", "two");
    }

    @Test
    void aListenerShowsTheCertificateOfAnotherNamespaceWhileItIsAllowedTo() throws Exception {
        site.given(TestCertificates.make("EC", "secure.com").secret("certs", "secure"))
                .given(GatewayTest.route("all", "rules:\n- backendRefs: [{name: one, port: 80}]\n"))
                .given(
                        GatewayTest.GATEWAY
                                + """
                                  - name: tls
                                    port: 443
                                    protocol: HTTPS
                                    hostname: secure.com
                                    tls: {certificateRefs: [{name: secure, namespace: certs}]}
                                """)
                .given(
                        """
                        apiVersion: gateway.networking.k8s.io/v1beta1
                        kind: ReferenceGrant
                        metadata: {namespace: certs, name: let}
                        spec:
                          from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: shop}]
                          to: [{group: "", kind: Secret, name: secure}]
                        """);
        assertThat(site.visitor.tls("secure.com", "/").answer().by()).isEqualTo("one");
        assertThat(site.visitor.tls("secure.com", "/").certificate()).isEqualTo("secure.com");

        site.without(Kinds.REFERENCE_GRANT.key("certs", "let"));

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> site.visitor.tls("secure.com", "/"))
                .isInstanceOf(IOException.class);
        site.answers("secure.com", "/", "one");
    }
}
