package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.l7.Visitor.Secured;
import dev.weir.model.Kinds;
import dev.weir.routing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates by server name, routes by Host. */
class IngressTlsTest {
    private static final String SECURE =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {namespace: shop, name: secure}
            spec:
              ingressClassName: weir
              tls:
              - {hosts: [foo.com], secretName: foo}
              - {hosts: ["*.bar.com"], secretName: bar}
              rules:
              - host: foo.com
                http:
                  paths:
                  - pathType: Prefix
                    path: /
                    backend: {service: {name: foo, port: {name: http}}}
              - host: "*.bar.com"
                http:
                  paths:
                  - pathType: Prefix
                    path: /
                    backend: {service: {name: bar, port: {name: http}}}
              - host: plain.com
                http:
                  paths:
                  - pathType: Prefix
                    path: /
                    backend: {service: {name: foo, port: {name: http}}}
            """;

    private Site site;
    private EchoServer foo;
    private EchoServer bar;

    @BeforeEach
    void open() throws Exception {
        site = Site.open();
        foo = new EchoServer("foo");
        bar = new EchoServer("bar");
        site.service("shop/foo:80", foo)
                .service("shop/bar:80", bar)
                .given(TestCertificates.make("EC", "foo.com").secret("shop", "foo"))
                .given(TestCertificates.make("EC", "*.bar.com").secret("shop", "bar"))
                .given(SECURE);
    }

    @AfterEach
    void close() throws IOException {
        site.close();
        foo.close();
        bar.close();
    }

    @Test
    void theServerNamePicksTheCertificate() throws Exception {
        assertThat(site.problems()).isEmpty();

        assertThat(site.visitor.tls("foo.com", "/").certificate()).isEqualTo("foo.com");
        assertThat(site.visitor.tls("foo.com", "/").answer().by()).isEqualTo("foo");
        assertThat(site.visitor.tls("a.bar.com", "/").certificate()).isEqualTo("*.bar.com");
        assertThat(site.visitor.tls("B.BAR.com", "/").answer().by()).isEqualTo("bar");
    }

    @Test
    void theHostPicksTheRoute() throws Exception {
        Secured crossed = site.visitor.tls(Optional.of("foo.com"), "a.bar.com", "/");

        assertThat(crossed.certificate()).isEqualTo("foo.com");
        assertThat(crossed.answer().by()).isEqualTo("bar");
        assertThat(site.visitor.tls(Optional.of("foo.com"), "none.com", "/").answer().by())
                .isEqualTo("404");
    }

    @Test
    void aNameWithoutACertificateIsNotAnsweredWithAnothers() {
        for (String name : new String[] {"other.com", "b.a.bar.com", "bar.com", "plain.com"}) {
            assertThatThrownBy(() -> site.visitor.tls(name, "/"))
                    .as(name)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
        }
        assertThatThrownBy(() -> site.visitor.tls(Optional.empty(), "foo.com", "/"))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void plainRequestsAreServedWhereTlsIs() {
        site.answers("foo.com", "/", "foo");
        site.answers("a.bar.com", "/", "bar");
        site.answers("plain.com", "/", "foo");
    }

    @Test
    void curlBelievesTheCertificate(@TempDir Path directory) throws Exception {
        TestCertificates.Pair pair = TestCertificates.make("RSA", "foo.com");
        Path file = Files.writeString(directory.resolve("ca.crt"), pair.certificate());
        site.given(pair.secret("shop", "foo"));

        Answer answer = site.visitor.curl("--cacert", file.toString(), "https://foo.com/x?y=z");

        assertThat(answer.seen().target()).isEqualTo("/x?y=z");
        assertThat(answer.seen().header("x-forwarded-proto")).isEqualTo("https");
        assertThat(answer.seen().header("x-forwarded-port")).isEqualTo("443");
        assertThat(answer.seen().header("host")).isEqualTo("foo.com");
        assertThatThrownBy(
                        () -> site.visitor.curl("--cacert", file.toString(), "https://a.bar.com/"))
                .hasMessageContaining("certificate");
    }

    @Test
    void aSecretThatComesLaterIsTakenUpAndOneThatGoesIsNotShown() throws Exception {
        site.without(Kinds.SECRET.key("shop", "foo"));
        assertThatThrownBy(() -> site.visitor.tls("foo.com", "/")).isInstanceOf(SSLException.class);
        assertThat(site.visitor.tls("a.bar.com", "/").answer().by()).isEqualTo("bar");
        site.answers("foo.com", "/", "foo");

        site.given(TestCertificates.make("EC", "new.foo.com").secret("shop", "foo"));

        assertThat(site.visitor.tls("foo.com", "/").certificate()).isEqualTo("new.foo.com");
    }

    @Test
    void aSecretThatIsNoneHidesNoOther() throws Exception {
        site.given(
                """
                apiVersion: v1
                kind: Secret
                metadata: {namespace: shop, name: foo}
                type: kubernetes.io/tls
                data: {tls.crt: bm9uZQ==, tls.key: bm9uZQ==}
                """);

        assertThatThrownBy(() -> site.visitor.tls("foo.com", "/")).isInstanceOf(SSLException.class);
        assertThat(site.visitor.tls("x.bar.com", "/").answer().by()).isEqualTo("bar");
    }
}
