package dev.weir.control.admission.route;

import static dev.weir.control.admission.Judged.accepted;
import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.control.admission.Judged;
import dev.weir.model.Judgement;
import dev.weir.model.NamespaceState;
import dev.weir.route.v1.HttpBackendRef;
import dev.weir.route.v1.HttpRoute;
import dev.weir.route.v1.HttpRouteRule;
import dev.weir.route.v1.ParentReference;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRouteAdmissionTest {
    private static final String WHEN = " when type one of ['Exact', 'PathPrefix']";
    private static final String CHARACTERS =
            "must only contain valid characters (matching"
                    + " ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$) for types ['Exact',"
                    + " 'PathPrefix']";

    private static HttpRoute route(String spec) {
        return Judged.read(
                HttpRoute.class,
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec: {%s}
                """
                        .formatted(spec));
    }

    private static HttpRoute rule(String rule) {
        return route("rules: [{" + rule + "}]");
    }

    private static Judgement<HttpRoute> create(HttpRoute route) {
        return HttpRouteAdmission.admit(Optional.empty(), route, NamespaceState.ACTIVE);
    }

    @Test
    void fillsInWhatIsDefault() {
        HttpRoute made =
                accepted(
                        create(
                                route(
                                        "parentRefs: [{name: g}], rules: [{backendRefs: [{name:"
                                            + " web, port: 80}]}, {matches: [{headers: [{name: a,"
                                            + " value: b}], queryParams: [{name: c, value: d}]}],"
                                            + " filters: [{type: RequestRedirect, requestRedirect:"
                                            + " {}}]}]")));

        ParentReference parent = made.getSpec().getParentRefs(0);
        assertThat(parent.getGroup()).isEqualTo("gateway.networking.k8s.io");
        assertThat(parent.getKind()).isEqualTo("Gateway");
        HttpRouteRule first = made.getSpec().getRules(0);
        HttpBackendRef backend = first.getBackendRefs(0);
        assertThat(backend.hasGroup()).isTrue();
        assertThat(backend.getKind()).isEqualTo("Service");
        assertThat(backend.getWeight()).isEqualTo(1);
        HttpRouteRule second = made.getSpec().getRules(1);
        assertThat(second.getMatches(0).getHeaders(0).getType()).isEqualTo("Exact");
        assertThat(second.getMatches(0).getQueryParams(0).getType()).isEqualTo("Exact");
        assertThat(second.getFilters(0).getRequestRedirect().getStatusCode()).isEqualTo(302);
        for (HttpRouteRule rule : made.getSpec().getRulesList()) {
            assertThat(rule.getMatches(0).getPath().getType()).isEqualTo("PathPrefix");
            assertThat(rule.getMatches(0).getPath().getValue()).isEqualTo("/");
        }
        assertThat(accepted(create(made))).isEqualTo(made);
        assertThat(accepted(create(route(""))).getSpec().getRules(0).getMatchesCount()).isOne();
    }

    /** A weight of none is no missing one. */
    @Test
    void keepsAWeightOfZero() {
        HttpRoute made = accepted(create(rule("backendRefs: [{name: web, port: 80, weight: 0}]")));

        assertThat(made.getSpec().getRules(0).getBackendRefs(0).getWeight()).isZero();
    }

    /** Without {@code spec.rules[0].matches[0].path} in front of what is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type: Exact, value: '/a%20b/c@d'|accepted",
                "type: RegularExpression, value: '[a-z]+'|accepted",
                "value: a|: Invalid value: \"a\": value must be an absolute path and start with"
                        + " '/'WHEN",
                "type: Exact, value: ''|: Invalid value: \"\": value must be an absolute path and"
                        + " start with '/'WHEN & : Invalid value: \"\": CHARACTERS",
                "value: /a//b|: Invalid value: \"/a//b\": must not contain '//'WHEN",
                "value: /a/./b|: Invalid value: \"/a/./b\": must not contain '/./'WHEN",
                "value: /a/../b|: Invalid value: \"/a/../b\": must not contain '/../'WHEN",
                "value: /a%2fb|: Invalid value: \"/a%2fb\": must not contain '%2f'WHEN",
                "value: /a%2Fb|: Invalid value: \"/a%2Fb\": must not contain '%2F'WHEN",
                "value: /a/..|: Invalid value: \"/a/..\": must not end with '/..'WHEN",
                "value: /a/.|: Invalid value: \"/a/.\": must not end with '/.'WHEN",
                "value: '/a#b'|: Invalid value: \"/a#b\": must not contain '#'WHEN & : Invalid"
                        + " value: \"/a#b\": CHARACTERS",
                "value: '/a b'|: Invalid value: \"/a b\": CHARACTERS",
                "value: '/%zz'|: Invalid value: \"/%zz\": CHARACTERS",
                "type: Glob, value: /|.type: Unsupported value: \"Glob\": supported values:"
                        + " \"Exact\", \"PathPrefix\", \"RegularExpression\"",
            })
    void judgesPaths(String path, String expected) {
        String at = "spec.rules[0].matches[0].path";

        assertThat(errors(create(rule("matches: [{path: {" + path + "}}]"))))
                .isEqualTo(
                        expected.equals("accepted")
                                ? expected
                                : at
                                        + expected.replace("& ", "& " + at)
                                                .replace("WHEN", WHEN)
                                                .replace("CHARACTERS", CHARACTERS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "method: GET|accepted",
                "method: get|method: Unsupported value: \"get\": supported values: \"GET\","
                        + " \"HEAD\", \"POST\", \"PUT\", \"DELETE\", \"CONNECT\", \"OPTIONS\","
                        + " \"TRACE\", \"PATCH\"",
                "headers: [{name: a, type: RegularExpression, value: .*}]|accepted",
                "headers: [{name: a, type: Some, value: b}]|headers[0].type: Unsupported value:"
                        + " \"Some\": supported values: \"Exact\", \"RegularExpression\"",
                "headers: [{name: a, value: b}, {name: a, value: c}]"
                        + "|headers[1]: Duplicate value: \"a\"",
                "headers: [{name: 'a b', value: c}]|headers[0].name: Invalid value: \"a b\": should"
                        + " match '^[A-Za-z0-9!#$%&'*+\\-.^_`PIPE~]+$'",
                "queryParams: [{value: b}]|queryParams[0].name: Required value",
                "queryParams: [{name: a, value: b}, {name: a, value: c}]"
                        + "|queryParams[1]: Duplicate value: \"a\"",
            })
    void judgesOtherMatches(String match, String expected) {
        assertThat(errors(create(rule("matches: [{" + match + "}]"))))
                .isEqualTo(
                        expected.equals("accepted")
                                ? expected
                                : "spec.rules[0].matches[0]." + expected.replace("PIPE", "|"));
    }

    /** Without {@code spec.rules[0].filters} in front of what is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}"
                        + "|accepted",
                "{type: URLRewrite}|accepted",
                "{type: RequestMirror}, {type: RequestMirror}|accepted",
                "{type: Own}|[0].type: Unsupported value: \"Own\": supported values:"
                        + " \"RequestHeaderModifier\", \"ResponseHeaderModifier\","
                        + " \"RequestMirror\", \"RequestRedirect\", \"URLRewrite\","
                        + " \"ExtensionRef\", \"CORS\"",
                "{type: RequestHeaderModifier}|[0]: Invalid value: \"RequestHeaderModifier\":"
                        + " filter.requestHeaderModifier must be specified for"
                        + " RequestHeaderModifier filter.type",
                "{type: URLRewrite, requestRedirect: {}}|[0]: Invalid value: \"URLRewrite\":"
                        + " filter.requestRedirect must be nil if the filter.type is not"
                        + " RequestRedirect",
                "{type: ResponseHeaderModifier, responseHeaderModifier: {}}, {type:"
                        + " ResponseHeaderModifier, responseHeaderModifier: {}}|: Invalid value:"
                        + " \"ResponseHeaderModifier\": ResponseHeaderModifier filter cannot be"
                        + " repeated",
                "{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite}|: Invalid value:"
                        + " \"RequestRedirect\": May specify either"
                        + " httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but"
                        + " not both",
                "{type: RequestRedirect, requestRedirect: {statusCode: 300}}"
                        + "|[0].requestRedirect.statusCode: Unsupported value: 300: supported"
                        + " values: \"301\", \"302\", \"303\", \"307\", \"308\"",
                "{type: RequestRedirect, requestRedirect: {scheme: ftp}}"
                        + "|[0].requestRedirect.scheme: Unsupported value: \"ftp\": supported"
                        + " values: \"http\", \"https\"",
                "{type: RequestRedirect, requestRedirect: {port: 0}}|[0].requestRedirect.port:"
                        + " Invalid value: 0: must be between 1 and 65535, inclusive",
                "{type: RequestRedirect, requestRedirect: {path: {type: ReplaceFullPath}}}"
                        + "|[0].requestRedirect.path: Invalid value: \"ReplaceFullPath\":"
                        + " replaceFullPath must be specified when type is set to"
                        + " 'ReplaceFullPath'",
                "{type: RequestRedirect, requestRedirect: {path: {type: ReplacePrefixMatch,"
                        + " replacePrefixMatch: /a, replaceFullPath: /b}}}"
                        + "|[0].requestRedirect.path: Invalid value: \"replaceFullPath\": type"
                        + " must be 'ReplaceFullPath' when replaceFullPath is set",
                "{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: 'a:', value:"
                        + " b}]}}|[0].requestHeaderModifier.add[0].name: Invalid value: \"a:\":"
                        + " should match '^[A-Za-z0-9!#$%&'*+\\-.^_`PIPE~]+$'",
            })
    void judgesFilters(String filters, String expected) {
        assertThat(errors(create(rule("filters: [" + filters + "]"))))
                .isEqualTo(
                        expected.equals("accepted")
                                ? expected
                                : "spec.rules[0].filters" + expected.replace("PIPE", "|"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\r\\nX: y", "\\0", "\\x7f"})
    void noValueOfAHeaderEndsIt(String value) {
        String filter =
                "filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: a,"
                        + " value: \""
                        + value
                        + "\"}]}}]";

        assertThat(errors(create(rule(filter))))
                .endsWith("must not contain control characters")
                .startsWith("spec.rules[0].filters[0].responseHeaderModifier.set[0].value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backendRefs: [{name: web, port: 80}], filters: [{type: RequestRedirect,"
                        + " requestRedirect: {}}]|RequestRedirect filter must not be used together"
                        + " with backendRefs",
                "matches: [{path: {type: Exact, value: /a}}], filters: [{type: RequestRedirect,"
                        + " requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch:"
                        + " /}}}]|When using RequestRedirect filter with path.replacePrefixMatch,"
                        + " exactly one PathPrefix match must be specified",
            })
    void redirectsStandAlone(String rule, String expected) {
        assertThat(errors(create(rule(rule))))
                .isEqualTo("spec.rules[0]: Invalid value: \"\": " + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "backendRefs: [{name: web}]|backendRefs[0]: Invalid value: \"web\": Must have port"
                        + " for Service reference",
                "backendRefs: [{name: web, group: example.com, kind: Own}]|accepted",
                "backendRefs: [{port: 80}]|backendRefs[0].name: Required value",
                "backendRefs: [{name: web, port: 65536}]|backendRefs[0].port: Invalid value: 65536:"
                        + " must be between 1 and 65535, inclusive",
                "backendRefs: [{name: web, port: 80, weight: 1000000}]|accepted",
                "backendRefs: [{name: web, port: 80, weight: 1000001}]|backendRefs[0].weight:"
                        + " Invalid value: 1000001: must be between 0 and 1000000, inclusive",
                "backendRefs: [{name: web, port: 80, weight: -1}]|backendRefs[0].weight: Invalid"
                        + " value: -1: must be between 0 and 1000000, inclusive",
                "timeouts: {request: 1m30s, backendRequest: 90s}|accepted",
                "timeouts: {request: 0s, backendRequest: 1h}|accepted",
                "timeouts: {backendRequest: 1h}|accepted",
                "timeouts: {request: 200ms, backendRequest: 1s}|timeouts: Invalid value: \"1s\":"
                        + " backendRequest timeout cannot be longer than request timeout",
                "timeouts: {request: 1.5s}|timeouts.request: Invalid value: \"1.5s\": should match"
                        + " '^([0-9]{1,5}(hPIPEmPIPEsPIPEms)){1,4}$'",
            })
    void judgesBackendsAndTimeouts(String rule, String expected) {
        assertThat(errors(create(rule(rule))))
                .isEqualTo(
                        expected.equals("accepted")
                                ? expected
                                : "spec.rules[0]." + expected.replace("PIPE", "|"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: a}, {name: b}|accepted",
                "{name: a}, {name: a, namespace: x}|accepted",
                "{name: a}, {name: a, group: example.com}|accepted",
                "{name: a, sectionName: s}, {name: a, sectionName: t}|accepted",
                "{name: a, port: 1}, {name: a, port: 2}|accepted",
                "{sectionName: s}|spec.parentRefs[0].name: Required value",
                "{name: a}, {name: a}|unique",
                "{name: a, sectionName: s, port: 1}, {name: a, sectionName: s, port: 1}|unique",
                "{name: a}, {name: a, port: 1}|specified",
                "{name: a, sectionName: s}, {name: a, port: 1}|specified",
            })
    void parentsAreNamedOnce(String parents, String expected) {
        String whole =
                expected.indexOf(' ') < 0 && !expected.equals("accepted")
                        ? "spec.parentRefs: Invalid value: \"array\": sectionName or port must be "
                                + expected
                                + " when parentRefs includes 2 or more references to the same"
                                + " parent"
                        : expected;

        assertThat(errors(create(route("parentRefs: [" + parents + "]")))).isEqualTo(whole);
    }

    @Test
    void hasItsLimits() {
        String rule = "{matches: [" + String.join(", ", Collections.nCopies(64, "{}")) + "]}";
        String most = rule + ", " + rule;

        assertThat(errors(create(route("rules: [" + most + "]")))).isEqualTo("accepted");
        assertThat(errors(create(route("rules: [" + most + ", {}]"))))
                .endsWith(
                        "While 16 rules and 64 matches per rule are allowed, the total number of"
                                + " matches across all rules in a route must be less than 128");
        assertThat(
                        errors(
                                create(
                                        route(
                                                "rules: ["
                                                        + String.join(
                                                                ", ", Collections.nCopies(17, "{}"))
                                                        + "]"))))
                .isEqualTo("spec.rules: Too many: 17: must have at most 16 items");
    }

    @Test
    void judgesHostnames() {
        assertThat(errors(create(route("hostnames: ['*.example.com', a.example.com]"))))
                .isEqualTo("accepted");
        assertThat(errors(create(route("hostnames: ['2001:db8::1']"))))
                .startsWith(
                        "spec.hostnames[0]: Invalid value: \"2001:db8::1\": must be a DNS name, not"
                                + " an IP address");
    }

    @Test
    void needsANamespaceThatStays() {
        assertThat(
                        errors(
                                HttpRouteAdmission.admit(
                                        Optional.empty(), route(""), NamespaceState.TERMINATING)))
                .startsWith("httproutes \"r\" is forbidden");
    }
}
