package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.TestCertificates;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RequestRedirect, row by row. */
class RedirectTest {
    /** What curl prints instead of an answer: one that has the redirect in it. */
    private static final String LED_TO = "HTTP/1.1 %{http_code} x\r\nto: %{redirect_url}\r\n\r\n";

    private static Site site;

    @BeforeAll
    static void open() {
        site =
                Site.open()
                        .given(
                                """
                                apiVersion: v1
                                kind: Service
                                metadata: {namespace: weir-system, name: ingress}
                                spec:
                                  type: LoadBalancer
                                  ports:
                                  - {name: http, protocol: TCP, port: 80}
                                  - {name: https, protocol: TCP, port: 443}
                                  - {name: other, protocol: TCP, port: 8083}
                                ---
                                apiVersion: gateway.networking.k8s.io/v1
                                kind: Gateway
                                metadata: {namespace: shop, name: edge}
                                spec:
                                  gatewayClassName: weir
                                  listeners:
                                  - {name: web, port: 80, protocol: HTTP}
                                  - {name: other, port: 8083, protocol: HTTP}
                                """);
    }

    @AfterAll
    static void close() {
        if (site != null) {
            site.close();
        }
    }

    private static void given(String prefix, String redirect) {
        site.given(
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {namespace: shop, name: elsewhere}
                spec:
                  parentRefs: [{name: edge}]
                  rules:
                  - matches: [{path: {type: PathPrefix, value: "%s"}}]
                    filters:
                    - type: RequestRedirect
                      requestRedirect: {%s}
                """
                        .formatted(prefix, redirect));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80   | hostname: b.org                        | 302 http://b.org/p?q=1",
                "80   | statusCode: 301, hostname: b.org       | 301 http://b.org/p?q=1",
                "80   | scheme: https                          | 302 https://a.com/p?q=1",
                "80   | scheme: https, port: 443               | 302 https://a.com/p?q=1",
                "80   | scheme: https, port: 8443              | 302 https://a.com:8443/p?q=1",
                "80   | scheme: http, port: 80                 | 302 http://a.com/p?q=1",
                "80   | scheme: http, port: 8080               | 302 http://a.com:8080/p?q=1",
                "80   | port: 80                               | 302 http://a.com/p?q=1",
                "80   | port: 8080                             | 302 http://a.com:8080/p?q=1",
                "8083 | hostname: b.org                        | 302 http://b.org:8083/p?q=1",
                "8083 | scheme: http, hostname: b.org          | 302 http://b.org/p?q=1",
                "8083 | scheme: https                          | 302 https://a.com/p?q=1",
                "8083 | port: 80                               | 302 http://a.com/p?q=1",
                "80   | statusCode: 303, hostname: b.org       | 303 http://b.org/p?q=1",
                "80   | statusCode: 307, hostname: b.org       | 307 http://b.org/p?q=1",
                "80   | statusCode: 308, hostname: b.org       | 308 http://b.org/p?q=1",
                "80   | path: {type: ReplaceFullPath, replaceFullPath: /n} | 302"
                        + " http://a.com/n?q=1",
                "80   | path: {type: ReplaceFullPath, replaceFullPath: n} | 302 http://a.com/n?q=1",
                "80   | path: {type: ReplaceFullPath, replaceFullPath: ''} | 302 http://a.com/?q=1",
            })
    void where(int port, String redirect, String goes) throws Exception {
        given("/", redirect);

        Answer answer = get(port, "/p?q=1");

        assertThat(answer.status() + " " + answer.header("location")).isEqualTo(goes);
    }

    private static Answer get(int port, String target) throws IOException {
        return site.visitor.raw(
                port,
                "GET %s HTTP/1.1\r\nHost: a.com\r\nConnection: close\r\n\r\n".formatted(target));
    }

    /** The table of HTTPPathModifier's documentation, and rows that it lacks. */
    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /foo, /xyz, /xyz/bar",
        "/foo/bar, /foo, /xyz/, /xyz/bar",
        "/foo/bar, /foo/, /xyz, /xyz/bar",
        "/foo/bar, /foo/, /xyz/, /xyz/bar",
        "/foo, /foo, /xyz, /xyz",
        "/foo/, /foo, /xyz, /xyz/",
        "/foo/bar, /foo, '', /bar",
        "/foo/, /foo, '', /",
        "/foo, /foo, '', /",
        "/foo/, /foo, /, /",
        "/foo, /foo, /, /",
        "/foo/bar, /foo, xyz, /xyz/bar",
        "/foo/bar, /, /xyz, /xyz/foo/bar",
        "/foo//bar, /foo, /xyz, /xyz//bar",
        "/foo/a%20b, /foo, /x%20y, /x%20y/a%20b",
    })
    void prefixes(String asked, String prefix, String replacement, String path) throws Exception {
        given(
                prefix,
                "path: {type: ReplacePrefixMatch, replacePrefixMatch: '%s'}"
                        .formatted(replacement));

        Answer answer = get(80, asked);

        assertThat(answer.header("location")).isEqualTo("http://a.com" + path);
    }

    @Test
    void curlIsLedOn() throws Exception {
        given("/a", "port: 8083, path: {type: ReplaceFullPath, replaceFullPath: /b}");

        Answer answer = site.visitor.curl("-o", "/dev/null", "-w", LED_TO, "http://a.com/a/x?y=z");

        assertThat(answer.header("to")).isEqualTo("http://a.com:8083/b?y=z");
    }

    @Test
    void whatCameByTlsStaysThere() throws Exception {
        site.given(TestCertificates.make("EC", "tls.com").secret("shop", "cert"))
                .given(
                        """
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: Gateway
                        metadata: {namespace: shop, name: secure}
                        spec:
                          gatewayClassName: weir
                          listeners:
                          - name: tls
                            port: 443
                            protocol: HTTPS
                            tls: {certificateRefs: [{name: cert}]}
                        ---
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: HTTPRoute
                        metadata: {namespace: shop, name: secure}
                        spec:
                          parentRefs: [{name: secure}]
                          rules:
                          - matches: [{path: {type: PathPrefix, value: /down}}]
                            filters: [{type: RequestRedirect, requestRedirect: {scheme: http}}]
                          - filters: [{type: RequestRedirect, requestRedirect: {hostname: x.y}}]
                        """);

        assertThat(site.visitor.tls("tls.com", "/p").answer().header("location"))
                .isEqualTo("https://x.y/p");
        assertThat(site.visitor.tls("tls.com", "/down").answer().header("location"))
                .isEqualTo("http://tls.com/down");
    }
}
