package dev.weir.routing.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.Kinds;
import dev.weir.routing.Cluster;
import dev.weir.routing.Cluster.Asked;
import dev.weir.routing.compile.Verdicts.OfGateway;
import dev.weir.routing.compile.Verdicts.OfListener;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of listeners, which routes they have, and which requests are theirs. */
class ListenersTest {
    private static final String SERVICE =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: ingress, namespace: weir-system}
            spec: {ports: [{port: 80, name: http}, {port: 443, name: https}, {port: 8080, name: more}]}
            """;

    private final Cluster cluster =
            Cluster.withClasses()
                    .with(SERVICE)
                    .services("a", "one:80", "two:80", "three:80")
                    .services("b", "far:80")
                    .with(
                            """
                            apiVersion: v1
                            kind: Namespace
                            metadata: {name: b, labels: {team: blue}}
                            """);

    private static String gateway(String name, String listeners) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: %s, namespace: a}
        spec:
          gatewayClassName: weir
          listeners: [%s]
        """
                .formatted(name, listeners);
    }

    private static String route(
            String namespace, String name, String parent, String hosts, String service) {
        return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: %s, namespace: %s}
        spec:
          parentRefs: [{namespace: a, name: gw%s}]
          hostnames: [%s]
          rules: [{backendRefs: [{name: %s, port: 80}]}]
        """
                .formatted(name, namespace, parent, hosts, service);
    }

    private static OfGateway verdict(Cluster cluster, String name) {
        return cluster.compiled().verdicts().gateways().get(Kinds.GATEWAY.key("a", name));
    }

    private static String accepted(Cluster cluster, String namespace, String name) {
        return cluster
                .compiled()
                .verdicts()
                .routes()
                .get(Kinds.HTTP_ROUTE.key(namespace, name))
                .parents()
                .stream()
                .map(parent -> parent.accepted().reason())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: l, port: 80, protocol: HTTP} | true | Accepted",
                "{name: l, port: 8080, protocol: HTTP} | true | Accepted",
                "{name: l, port: 81, protocol: HTTP} | false | PortUnavailable",
                "{name: l, port: 80, protocol: TCP} | false | UnsupportedProtocol",
                "{name: l, port: 443, protocol: TLS, tls: {mode: Passthrough}} | false |"
                        + " UnsupportedProtocol",
                "{name: l, port: 443, protocol: HTTPS, tls: {mode: Passthrough}} | false |"
                        + " UnsupportedValue",
                "{name: l, port: 443, protocol: HTTPS, tls: {options: {a.b/c: d}}} | false |"
                        + " UnsupportedValue",
                "{name: l, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: X}}} |"
                        + " false | UnsupportedValue",
                "{name: l, port: 443, protocol: HTTP} | false | ProtocolConflict",
                "{name: l, port: 80, protocol: HTTPS} | false | ProtocolConflict",
            })
    void aListenerIsAcceptedOrNot(String listener, boolean accepted, String reason) {
        Cluster served = cluster.with(gateway("gw", listener));

        OfGateway gateway = verdict(served, "gw");
        assertThat(gateway.listeners().getFirst().accepted().reason()).isEqualTo(reason);
        assertThat(gateway.listeners().getFirst().serves()).isEqualTo(accepted);
        assertThat(gateway.accepted().holds()).isEqualTo(accepted);
        assertThat(gateway.accepted().reason())
                .isEqualTo(accepted ? "Accepted" : "ListenersNotValid");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 80, protocol: HTTP | port: 80, protocol: HTTP | HostnameConflict",
                "port: 80, protocol: HTTP, hostname: a.com | port: 80, protocol: HTTP |"
                        + " NoConflicts",
                "port: 80, protocol: HTTP, hostname: A.com | port: 80, protocol: HTTP, hostname:"
                        + " a.com | HostnameConflict",
                "port: 80, protocol: HTTP | port: 8080, protocol: HTTP | NoConflicts",
                "port: 8080, protocol: HTTP, hostname: a.com | port: 8080, protocol: HTTPS,"
                        + " hostname: b.com | ProtocolConflict",
                "port: 80, protocol: HTTP | port: 80, protocol: TCP | ProtocolConflict",
                "port: 80, protocol: HTTP | port: 80, protocol: UDP | NoConflicts",
            })
    void ofTwoListenersThatCannotBeToldApartNeitherIsServed(
            String one, String other, String reason) {
        Cluster served =
                cluster.with(gateway("gw", "{name: x, %s}, {name: y, %s}".formatted(one, other)));

        OfGateway gateway = verdict(served, "gw");
        assertThat(gateway.listeners())
                .extracting(listener -> listener.conflicted().reason())
                .containsExactly(reason, reason);
        boolean conflict = !reason.equals("NoConflicts");
        assertThat(gateway.listeners().getFirst().serves()).isEqualTo(!conflict);
    }

    @Test
    void aGatewayWithOneGoodListenerIsAcceptedAndSaysThatOthersAreNot() {
        Cluster served =
                cluster.with(
                        gateway(
                                "gw",
                                "{name: x, port: 80, protocol: HTTP}, {name: y, port: 9, protocol:"
                                        + " HTTP}"));

        assertThat(verdict(served, "gw").accepted().holds()).isTrue();
        assertThat(verdict(served, "gw").accepted().reason()).isEqualTo("ListenersNotValid");
        assertThat(verdict(served, "gw").programmable()).isTrue();
    }

    @Test
    void ofTwoGatewaysThatWantAPortDifferentlyTheOlderHasIt() {
        Cluster served =
                cluster.with(gateway("z", "{name: x, port: 8080, protocol: HTTP}"))
                        .with(gateway("b", "{name: x, port: 8080, protocol: HTTPS}"));

        assertThat(verdict(served, "z").accepted().holds()).isTrue();
        assertThat(verdict(served, "b").listeners().getFirst().conflicted().reason())
                .isEqualTo("ProtocolConflict");
        assertThat(served.compiled().table().ports().get(8080).tls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | true | 1 | ResolvedRefs",
                ", allowedRoutes: {kinds: [{kind: HTTPRoute}]} | true | 1 | ResolvedRefs",
                ", allowedRoutes: {kinds: [{kind: HTTPRoute}, {kind: GRPCRoute}]} | true | 1 |"
                        + " InvalidRouteKinds",
                ", allowedRoutes: {kinds: [{kind: GRPCRoute}]} | false | 0 | InvalidRouteKinds",
                ", allowedRoutes: {kinds: [{kind: HTTPRoute, group: x.com}]} | false | 0 |"
                        + " InvalidRouteKinds",
            })
    void aListenerTakesHttpRoutes(String more, boolean attached, int kinds, String reason) {
        Cluster served =
                cluster.with(gateway("gw", "{name: l, port: 80, protocol: HTTP" + more + "}"))
                        .with(route("a", "r", "", "", "one"));

        OfListener listener = verdict(served, "gw").listeners().getFirst();
        assertThat(listener.kinds()).hasSize(kinds);
        assertThat(listener.resolvedRefs().reason()).isEqualTo(reason);
        assertThat(listener.attachedRoutes()).isEqualTo(attached ? 1 : 0);
        assertThat(accepted(served, "a", "r"))
                .isEqualTo(attached ? "Accepted" : "NotAllowedByListeners");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a | '' | true",
                "b | '' | false",
                "b | {from: Same} | false",
                "b | {from: All} | true",
                "b | '{from: Selector, selector: {matchLabels: {team: blue}}}' | true",
                "b | '{from: Selector, selector: {matchLabels: {team: red}}}' | false",
                "b | {from: Selector} | false",
                "c | '{from: Selector, selector: {}}' | false",
            })
    void aListenerAllowsNamespaces(String namespace, String from, boolean allowed) {
        String routes =
                from.isEmpty()
                        ? ""
                        : ", allowedRoutes: {namespaces: " + from.replace("'", "") + "}";
        Cluster served =
                cluster.with(gateway("gw", "{name: l, port: 80, protocol: HTTP" + routes + "}"))
                        .with(route(namespace, "r", "", "", "far"));

        assertThat(accepted(served, namespace, "r"))
                .isEqualTo(allowed ? "Accepted" : "NotAllowedByListeners");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Accepted",
                "', sectionName: x' | Accepted",
                "', sectionName: y' | Accepted",
                "', sectionName: none' | NoMatchingParent",
                "', port: 8080' | Accepted",
                "', port: 8081' | NoMatchingParent",
                "', sectionName: x, port: 8080' | NoMatchingParent",
            })
    void aRouteMayNameAListenerOrAPort(String parent, String reason) {
        Cluster served =
                cluster.with(
                                gateway(
                                        "gw",
                                        "{name: x, port: 80, protocol: HTTP},"
                                                + "{name: y, port: 8080, protocol: HTTP}"))
                        .with(route("a", "r", parent.replace("'", ""), "", "one"));

        assertThat(accepted(served, "a", "r")).isEqualTo(reason);
        boolean plain = parent.isEmpty() || parent.contains("sectionName: x");
        assertThat(served.get("any.com", "/"))
                .isEqualTo(plain && reason.equals("Accepted") ? "a/one:80" : "404");
    }

    @Test
    void aRouteWhoseListenersAreAllRefusedIsNotAccepted() {
        Cluster served =
                cluster.with(gateway("gw", "{name: x, port: 9, protocol: HTTP}"))
                        .with(route("a", "r", "", "", "one"));

        assertThat(accepted(served, "a", "r")).isEqualTo("NoReadyListeners");
        assertThat(verdict(served, "gw").listeners().getFirst().attachedRoutes()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', any.com, true",
        "x.com, '', x.com, true",
        "x.com, x.com, x.com, true",
        "x.com, y.com, y.com, false",
        "*.x.com, foo.test.x.com, foo.test.x.com, true",
        "*.x.com, x.com, x.com, false",
        "*.x.com, *.com, a.x.com, true",
        "a.x.com, *.x.com, a.x.com, true",
        "*.x.com, *.a.x.com, b.a.x.com, true",
        "'', *.x.com, b.a.x.com, true",
        "*.x.com, *.y.com, a.y.com, false",
    })
    void hostNamesOfRouteAndListenerMeet(String listener, String route, String host, boolean met) {
        String hostname = listener.isEmpty() ? "" : ", hostname: \"" + listener + "\"";
        Cluster served =
                cluster.with(gateway("gw", "{name: l, port: 80, protocol: HTTP" + hostname + "}"))
                        .with(
                                route(
                                        "a",
                                        "r",
                                        "",
                                        route.isEmpty() ? "" : "\"" + route + "\"",
                                        "one"));

        assertThat(accepted(served, "a", "r"))
                .isEqualTo(met ? "Accepted" : "NoMatchingListenerHostname");
        assertThat(served.get(host, "/")).isEqualTo(met ? "a/one:80" : "404");
    }

    @ParameterizedTest
    @CsvSource({
        "foo.x.com, a/one:80",
        "bar.x.com, a/two:80",
        "x.com, a/three:80",
        "y.com, a/three:80",
        "only.x.com, 404",
    })
    void aRequestIsForTheNarrowestListenerAlone(String host, String answer) {
        Cluster served =
                cluster.with(
                                gateway(
                                        "gw",
                                        """
                                        {name: any, port: 80, protocol: HTTP},
                                        {name: wild, port: 80, protocol: HTTP, hostname: "*.x.com"},
                                        {name: foo, port: 80, protocol: HTTP, hostname: foo.x.com},
                                        {name: only, port: 80, protocol: HTTP, hostname: only.x.com}
                                        """))
                        .with(route("a", "r3", ", sectionName: any", "", "three"))
                        .with(route("a", "r0", ", sectionName: any", "only.x.com", "three"))
                        .with(route("a", "r2", ", sectionName: wild", "", "two"))
                        .with(route("a", "r1", ", sectionName: foo", "", "one"));

        assertThat(served.get(host, "/")).isEqualTo(answer);
    }

    @Test
    void withinAListenerTheNarrowerHostNameGoesFirstAndTheWiderAfterIt() {
        Cluster served =
                cluster.with(gateway("gw", "{name: any, port: 80, protocol: HTTP}"))
                        .with(route("a", "wide", "", "", "three"))
                        .with(route("a", "wild", "", "\"*.x.com\"", "two"))
                        .with(
                                route("a", "narrow", "", "foo.x.com", "one")
                                        .replace(
                                                "rules: [{",
                                                "rules: [{matches: [{path: {value: /a}}], "));

        assertThat(served.get("foo.x.com", "/a")).isEqualTo("a/one:80");
        assertThat(served.get("foo.x.com", "/b")).isEqualTo("a/two:80");
        assertThat(served.get("bar.x.com", "/a")).isEqualTo("a/two:80");
        assertThat(served.get("y.com", "/a")).isEqualTo("a/three:80");
    }

    @Test
    void gatewaysAndIngressesShareAPort() {
        Cluster served =
                cluster.with(gateway("gw", "{name: any, port: 80, protocol: HTTP}"))
                        .with(
                                route("a", "r", "", "x.com", "one")
                                        .replace(
                                                "rules: [{",
                                                "rules: [{matches: [{path: {value: /a}}], "))
                        .with(
                                IngressRoutingTest.ingress(
                                        "i", "x.com|Prefix|/|two", "y.com|Prefix|/|three"));

        assertThat(served.get("x.com", "/a")).isEqualTo("a/one:80");
        assertThat(served.get("x.com", "/b")).isEqualTo("a/two:80");
        assertThat(served.get("y.com", "/a")).isEqualTo("a/three:80");
    }

    @Test
    void aClassWithParametersIsRefusedAndItsGatewaysAreNotServed() {
        Cluster served =
                cluster.with(
                                """
                                apiVersion: gateway.networking.k8s.io/v1
                                kind: GatewayClass
                                metadata: {name: weir}
                                spec:
                                  controllerName: weir.dev/gateway
                                  parametersRef: {group: x.com, kind: P, name: p}
                                """)
                        .with(gateway("gw", "{name: x, port: 80, protocol: HTTP}"))
                        .with(route("a", "r", "", "", "one"));

        assertThat(verdict(served, "gw").accepted().holds()).isFalse();
        assertThat(accepted(served, "a", "r")).isEqualTo("NoReadyListeners");
        assertThat(served.get("x.com", "/")).isEqualTo("closed");
    }

    @Test
    void aGatewayOfAnotherControllerHasNoVerdict() {
        Cluster served =
                cluster.with(
                                """
                                apiVersion: gateway.networking.k8s.io/v1
                                kind: GatewayClass
                                metadata: {name: weir}
                                spec: {controllerName: example.com/other}
                                """)
                        .with(gateway("gw", "{name: x, port: 80, protocol: HTTP}"))
                        .with(route("a", "r", "", "", "one"));

        Compiled compiled = served.compiled();
        assertThat(compiled.verdicts().gateways()).isEmpty();
        assertThat(compiled.verdicts().classes()).isEmpty();
        assertThat(compiled.verdicts().routes()).isEmpty();
        assertThat(Cluster.ask(compiled, 80, "x", Asked.parse("GET /"))).isEqualTo("closed");
    }
}
