package dev.weir.agent.l7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.model.Kinds;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the conformance suite of Ingress asks for, as requests. */
class IngressRulesTest {
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

    private static String ingress(String name, String spec) {
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {namespace: shop, name: %s}
        spec:
          ingressClassName: weir
        """
                        .formatted(name)
                + spec.indent(2);
    }

    /** One path of a rule. */
    private static String path(String type, String path, String service) {
        return "- {pathType: %s, path: %s, backend: {service: {name: %s, port: {number: 80}}}}\n"
                .formatted(type, path, service);
    }

    private static String rule(String host, String... paths) {
        return "- host: \"%s\"\n  http:\n    paths:\n".formatted(host)
                + String.join("", paths).indent(4);
    }

    @ParameterizedTest
    @CsvSource({
        "foo.bar.com, one",
        "FOO.bar.com, one",
        "foo.bar.com:80, one",
        "foo.bar.com:8080, one",
        "foo.bar.com., one",
        "any.foo.com.:80, two",
        "any.foo.com, two",
        "very.long-name.foo.com, 404",
        "foo.com, 404",
        "own.foo.com, three",
        "bar.com, 404",
        "subdomain.foo.bar.com, 404",
    })
    void hosts(String host, String by) {
        site.given(
                ingress(
                        "hosts",
                        "rules:\n"
                                + rule("foo.bar.com", path("Prefix", "/", "one"))
                                + rule("*.foo.com", path("Prefix", "/", "two"))
                                + rule("own.foo.com", path("Prefix", "/", "three"))));

        site.answers(host, "/", by);
    }

    /** The table of the documentation, and the scenarios of path_rules. */
    @ParameterizedTest
    @CsvSource({
        "Prefix /, /any/path, one",
        "Exact /foo, /foo, one",
        "Exact /foo, /foo?x=1, one",
        "Exact /foo, /bar, 404",
        "Exact /foo, /foo/, 404",
        "Exact /foo/, /foo, 404",
        "Exact /foo/, /foo/, one",
        "Exact /foo, /FOO, 404",
        "Prefix /foo, /foo, one",
        "Prefix /foo, /foo/, one",
        "Prefix /foo, /FOO, 404",
        "Prefix /foo, /bar, 404",
        "Prefix /foo/, /foo, one",
        "Prefix /foo/, /foo/, one",
        "Prefix /aaa/bb, /aaa/bbb, 404",
        "Prefix /aaa/bbb, /aaa/bbb, one",
        "Prefix /aaa/bbb/, /aaa/bbb, one",
        "Prefix /aaa/bbb, /aaa/bbb/, one",
        "Prefix /aaa/bbb, /aaa/bbb/ccc, one",
        "Prefix /aaa/bbb, /aaa/bbbxyz, 404",
        "Prefix /aaa, /aaaccc, 404",
        "Prefix /aaa Prefix /, /aaa/ccc, one",
        "Prefix /aaa Prefix /, /ccc, two",
        "Prefix / Prefix /aaa, /aaa/ccc, two",
        "Prefix / Prefix /aaa Prefix /aaa/bbb, /aaa/bbb, three",
        "Prefix / Prefix /aaa Prefix /aaa/bbb, /aaa/bbbx, two",
        "Prefix / Prefix /aaa Prefix /aaa/bbb, /ccc, one",
        "Prefix /foo Exact /foo, /foo, two",
        "Prefix /foo Exact /foo, /foo/, one",
        "Prefix /aaa/bbb Exact /aaa, /aaa/bbb/c, one",
        "ImplementationSpecific /foo, /foo/bar, one",
    })
    void paths(String rules, String asked, String by) {
        String[] words = rules.split(" ");
        String[] services = {"one", "two", "three"};
        StringBuilder paths = new StringBuilder();
        for (int i = 0; i < words.length; i += 2) {
            paths.append(path(words[i], words[i + 1], services[i / 2]));
        }
        site.given(ingress("paths", "rules:\n" + rule("paths.com", paths.toString())));

        site.answers("paths.com", asked, by);
    }

    @Test
    void theDefaultBackendTakesWhatNoRuleDoes() {
        site.given(
                ingress(
                        "both",
                        "defaultBackend: {service: {name: one, port: {name: http}}}\nrules:\n"
                                + rule("a.com", path("Exact", "/two", "two"))));

        site.answers("a.com", "/two", "two");
        site.answers("a.com", "/other", "one");
        site.answers("nobody.com", "/two", "404");
    }

    @Test
    void aDefaultBackendAloneIsForAllHostsAndMethods() throws Exception {
        site.given(ingress("alone", "defaultBackend: {service: {name: one, port: {number: 80}}}"));

        site.answers("any.host", "/", "one");
        site.answers("sub.any.host", "/a/b", "one");
        for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
            Seen seen = site.visitor.curl("-X", method, "-d", "x", "http://any.host/m").seen();
            assertThat(seen.method()).isEqualTo(method);
        }
        assertThat(site.visitor.curl("-I", "http://any.host/").status()).isEqualTo(200);
        assertThat(site.visitor.raw(80, "GET / HTTP/1.0\r\n\r\n").by()).isEqualTo("one");
    }

    @Test
    void anIngressOfAnUnknownClassIsServedByNobody() {
        site.given(
                """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: other}
                spec: {controller: example.com/other}
                """);
        String rules = "rules:\n" + rule("a.com", path("Prefix", "/", "one"));
        String ours = ingress("ours", "rules:\n" + rule("b.com", path("Prefix", "/", "two")));

        site.given(ours)
                .given(ingress("x", rules).replace("ClassName: weir", "ClassName: unknown"))
                .given(ingress("y", rules).replace("ClassName: weir", "ClassName: other"))
                .given(ingress("z", rules).replace("  ingressClassName: weir\n", ""));

        site.answers("a.com", "/", "404");
        site.answers("b.com", "/", "two");
    }

    @Test
    void theOldAnnotationNamesAClassAndAnIngressMayChangeItsOwn() {
        String rules = "rules:\n" + rule("a.com", path("Prefix", "/", "one"));
        site.given(
                ingress("old", rules)
                        .replace("  ingressClassName: weir\n", "")
                        .replace(
                                "name: old",
                                "name: old, annotations: {kubernetes.io/ingress.class: weir}"));
        site.answers("a.com", "/", "one");

        site.given(ingress("old", rules).replace("ClassName: weir", "ClassName: other"));

        site.answers("a.com", "/", "404"); // by the connection that is there
        assertThatThrownBy(() -> site.visitor.raw(80, "")).isInstanceOf(ConnectException.class);
    }

    @Test
    void allEndpointsAreUsed() {
        site.service("shop/all:80", one, two, three)
                .given(ingress("all", "rules:\n" + rule("all.com", path("Prefix", "/", "all"))));

        Map<String, Integer> hits = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            hits.merge(site.ask("all.com", "/"), 1, Integer::sum);
        }

        assertThat(hits).containsOnlyKeys("one", "two", "three");
        assertThat(hits.values()).allMatch(count -> count >= 20);
    }

    @Test
    void whatIsMissingIsUnavailableAndTakenUpWhenItComes() {
        site.given(
                ingress(
                        "missing",
                        "rules:\n"
                                + rule(
                                        "a.com",
                                        path("Prefix", "/none", "later"),
                                        path("Prefix", "/empty", "empty"),
                                        path("Prefix", "/port", "one").replace("80", "81"))));
        site.service("shop/empty:80");
        site.answers("a.com", "/none", "503");
        site.answers("a.com", "/empty", "503");
        site.answers("a.com", "/port", "503");
        site.answers("a.com", "/", "404");

        site.service("shop/later:80", one).service("shop/empty:80", two);
        site.answers("a.com", "/none", "one");
        site.answers("a.com", "/empty", "two");

        site.service("shop/empty:80").without(Kinds.SERVICE.key("shop", "later"));
        site.answers("a.com", "/none", "503");
        site.answers("a.com", "/empty", "503");
    }

    @Test
    void ingressesOfOneHostAreMergedAndTheOlderHasItsPath() {
        site.given(ingress("b", "rules:\n" + rule("a.com", path("Prefix", "/x", "one"))))
                .given(
                        ingress(
                                "a",
                                "rules:\n"
                                        + rule(
                                                "a.com",
                                                path("Prefix", "/x", "two"),
                                                path("Prefix", "/y", "two"))));
        site.answers("a.com", "/x", "one");
        site.answers("a.com", "/y", "two");

        site.without(Kinds.INGRESS.key("shop", "b"));

        site.answers("a.com", "/x", "two");
    }

    @Test
    void servicesOfOtherNamespacesAreOutOfReach() throws IOException {
        try (EchoServer foreign = new EchoServer("foreign")) {
            site.service("other/foreign:80", foreign)
                    .given(
                            ingress(
                                    "a",
                                    "rules:\n" + rule("a.com", path("Prefix", "/", "foreign"))));

            site.answers("a.com", "/", "503");
        }
    }
}
