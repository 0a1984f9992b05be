package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.routing.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The host, path and default rules of Ingress, as its conformance suite has them. */
class IngressRoutingTest {
    /** One Ingress in namespace a; paths as {@code host|type|path|service}. */
    static String ingress(String name, String... paths) {
        StringBuilder rules = new StringBuilder();
        for (String path : paths) {
            String[] parts = path.split("\\|");
            rules.append(
                    """
                      - host: "%s"
                        http:
                          paths:
                            - {path: "%s", pathType: %s, backend: {service: {name: %s, port: {number: 80}}}}
                    """
                            .formatted(parts[0], parts[2], parts[1], parts[3]));
        }
        return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s, namespace: a}
        spec:
          ingressClassName: weir
          rules:
        %s\
        """
                .formatted(name, rules);
    }

    static final String DEFAULT =
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: default, namespace: a}
            spec:
              ingressClassName: weir
              defaultBackend: {service: {name: rest, port: {name: http}}}
            """;

    private final Cluster cluster =
            Cluster.withClasses()
                    .services("a", "one:80", "two:80", "three:80", "four:80", "rest:80");

    @ParameterizedTest
    @CsvSource({
        "Exact, /foo, /foo, true",
        "Exact, /foo, /foo/, false",
        "Exact, /foo, /FOO, false",
        "Exact, /foo/, /foo, false",
        "Exact, /foo/, /foo/, true",
        "Prefix, /, /, true",
        "Prefix, /, /anything/at/all, true",
        "Prefix, /foo, /foo, true",
        "Prefix, /foo, /foo/, true",
        "Prefix, /foo, /FOO, false",
        "Prefix, /foo/, /foo, true",
        "Prefix, /foo/, /foo/, true",
        "Prefix, /foo/, /foo/bar, true",
        "Prefix, /aaa/bb, /aaa/bbb, false",
        "Prefix, /aaa/bbb, /aaa/bbb, true",
        "Prefix, /aaa/bbb/, /aaa/bbb, true",
        "Prefix, /aaa/bbb, /aaa/bbb/, true",
        "Prefix, /aaa/bbb, /aaa/bbb/ccc, true",
        "Prefix, /aaa/bbb, /aaa/bbbxyz, false",
        "Prefix, /aaa, /aaaccc, false",
        "ImplementationSpecific, /foo, /foo/bar, true",
        "ImplementationSpecific, /foo, /foobar, false",
    })
    void aPathMatchesOrNot(String type, String rule, String path, boolean matches) {
        Cluster served = cluster.with(ingress("i", "x.com|" + type + "|" + rule + "|one"));

        String answer = served.get("x.com", path);

        assertThat(answer).isEqualTo(matches ? "a/one:80" : "404");
    }

    @ParameterizedTest
    @CsvSource({
        "/foo, a/one:80",
        "/foo/, a/two:80",
        "/foo/a, a/two:80",
        "/foo/bar, a/three:80",
        "/foo/bar/b, a/three:80",
        "/foo/barb, a/two:80",
        "/other, a/four:80",
    })
    void theLongestPathWinsAndExactOverPrefix(String path, String answer) {
        Cluster served =
                cluster.with(
                        ingress(
                                "i",
                                "x.com|Prefix|/|four",
                                "x.com|Prefix|/foo|two",
                                "x.com|Exact|/foo|one",
                                "x.com|Prefix|/foo/bar|three"));

        assertThat(served.get("x.com", path)).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "foo.com, a/one:80",
        "FOO.com, a/one:80",
        "bar.foo.com, a/two:80",
        "baz.bar.foo.com, a/four:80",
        "www.foo.com, a/three:80",
        "other.com, a/four:80",
        "'', a/four:80",
    })
    void anExactHostGoesBeforeAWildcardOfOneLabelBeforeAll(String host, String answer) {
        Cluster served =
                cluster.with(
                        ingress(
                                "i",
                                "foo.com|Prefix|/|one",
                                "*.foo.com|Prefix|/|two",
                                "www.foo.com|Prefix|/|three",
                                "|Prefix|/|four"));

        assertThat(served.get(host, "/")).isEqualTo(answer);
    }

    @Test
    void withoutAMatchThereIs404() {
        Cluster served = cluster.with(ingress("i", "foo.com|Exact|/foo|one"));

        assertThat(served.get("foo.com", "/bar")).isEqualTo("404");
        assertThat(served.get("bar.com", "/foo")).isEqualTo("404");
    }

    @Test
    void withoutIngressesPort80IsClosed() {
        assertThat(cluster.get("foo.com", "/")).isEqualTo("closed");
    }

    @Test
    void aDefaultBackendAloneTakesWhatNobodyNames() {
        Cluster served = cluster.with(DEFAULT).with(ingress("i", "foo.com|Exact|/foo|one"));

        assertThat(served.get("other.com", "/any")).isEqualTo("a/rest:80");
        assertThat(served.get("foo.com", "/any")).isEqualTo("404");
    }

    @Test
    void aDefaultBackendTakesTheRestOfItsIngresssHosts() {
        String ingress = ingress("i", "foo.com|Exact|/foo|one", "bar.com|Prefix|/|two");
        Cluster served =
                cluster.with(
                        ingress
                                + "  defaultBackend: {service: {name: rest, port: {number:"
                                + " 80}}}\n");

        assertThat(served.get("foo.com", "/foo")).isEqualTo("a/one:80");
        assertThat(served.get("foo.com", "/else")).isEqualTo("a/rest:80");
        assertThat(served.get("bar.com", "/else")).isEqualTo("a/two:80");
        assertThat(served.get("other.com", "/")).isEqualTo("404");
    }

    @Test
    void ingressesOfOneHostAreMergedAndTheOlderOneKeepsWhatBothWant() {
        Cluster served =
                cluster.with(ingress("z", "foo.com|Prefix|/|one", "foo.com|Prefix|/a|one"))
                        .with(ingress("b", "foo.com|Prefix|/a/|two", "foo.com|Exact|/a|three"));

        var conflicts = served.compiled().verdicts().ingresses();
        assertThat(served.get("foo.com", "/a/b")).isEqualTo("a/one:80");
        assertThat(served.get("foo.com", "/a")).isEqualTo("a/three:80");
        assertThat(conflicts.get(key("z")).conflicts()).isEmpty();
        assertThat(conflicts.get(key("b")).conflicts())
                .containsExactly(
                        "Prefix /a/ of host foo.com belongs to Ingress a/z, which is older.");
    }

    @Test
    void aMissingServiceOrPortIs503AndSaid() {
        Cluster served =
                cluster.with(ingress("i", "foo.com|Prefix|/|none", "foo.com|Prefix|/b|one"))
                        .with(DEFAULT.replace("name: http", "name: admin"));

        var verdicts = served.compiled().verdicts().ingresses();
        assertThat(served.get("foo.com", "/")).isEqualTo("503");
        assertThat(served.get("foo.com", "/b")).isEqualTo("a/one:80");
        assertThat(served.get("bar.com", "/")).isEqualTo("503");
        assertThat(verdicts.get(key("i")).backends())
                .containsExactly("There is no Service a/none.");
        assertThat(verdicts.get(key("default")).backends())
                .containsExactly("Service a/rest has no TCP port \"admin\".");
    }

    @Test
    void aResourceIsNoBackend() {
        Cluster served =
                cluster.with(
                        """
                        apiVersion: networking.k8s.io/v1
                        kind: Ingress
                        metadata: {name: i, namespace: a}
                        spec:
                          ingressClassName: weir
                          defaultBackend: {resource: {kind: Bucket, name: b}}
                        """);

        assertThat(served.get("foo.com", "/")).isEqualTo("503");
        assertThat(served.compiled().verdicts().ingresses().get(key("i")).backends())
                .containsExactly("Bucket b is no Service; only Services are served.");
    }

    @ParameterizedTest
    @CsvSource({
        "ingressClassName: weir, '', true",
        "ingressClassName: other, '', false",
        "ingressClassName: missing, '', false",
        "'', weir, true",
        "'', other, false",
        "'', '', false",
        "ingressClassName: other, weir, false",
    })
    void theClassDecidesWhoServes(String field, String annotation, boolean served) {
        Cluster both =
                cluster.with(
                                """
                                apiVersion: networking.k8s.io/v1
                                kind: IngressClass
                                metadata: {name: other}
                                spec: {controller: example.com/other}
                                """)
                        .with(
                                """
                                apiVersion: networking.k8s.io/v1
                                kind: Ingress
                                metadata:
                                  name: i
                                  namespace: a
                                  annotations: {kubernetes.io/ingress.class: "%s"}
                                spec:
                                  %s
                                  defaultBackend: {service: {name: one, port: {number: 80}}}
                                """
                                        .formatted(annotation, field));

        assertThat(both.compiled().verdicts().ingresses().containsKey(key("i"))).isEqualTo(served);
        assertThat(both.get("x", "/")).isEqualTo(served ? "a/one:80" : "closed");
    }

    private static dev.weir.model.Key key(String name) {
        return dev.weir.model.Kinds.INGRESS.key("a", name);
    }
}
