package dev.weir.control.admission.route;

import static dev.weir.control.admission.Judged.accepted;
import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.control.admission.Judged;
import dev.weir.model.Judgement;
import dev.weir.model.NamespaceState;
import dev.weir.route.v1.Ingress;
import dev.weir.route.v1.IngressClass;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngressAdmissionTest {
    private static final String SUBDOMAIN =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                    + " '-' or '.', and must start and end with an alphanumeric character (e.g."
                    + " 'example.com', regex used for validation is"
                    + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String DEFAULT_BACKEND =
            "defaultBackend: {service: {name: web, port: {number: 80}}}";

    private static Ingress ingress(String spec) {
        return annotated("", spec);
    }

    private static Ingress annotated(String annotation, String spec) {
        return Judged.read(
                Ingress.class,
                """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: shop, namespace: shop, annotations: {%s}}
                spec: {%s}
                """
                        .formatted(annotation, spec));
    }

    /** One path of one rule. */
    private static Ingress path(String fields) {
        return ingress("rules: [{http: {paths: [{" + fields + "}]}}]");
    }

    private static IngressClass ingressClass(String name, long created, boolean isDefault) {
        IngressClass.Builder made = IngressClass.newBuilder();
        made.getMetadataBuilder()
                .setName(name)
                .putAnnotations(IngressAdmission.DEFAULT_ANNOTATION, Boolean.toString(isDefault));
        made.getMetadataBuilder().getCreationTimestampBuilder().setSeconds(created);
        return made.build();
    }

    private static Judgement<Ingress> create(Ingress ingress, IngressClass... classes) {
        return IngressAdmission.admit(
                Optional.empty(), ingress, NamespaceState.ACTIVE, List.of(classes));
    }

    private static Judgement<Ingress> update(Ingress old, Ingress now, IngressClass... classes) {
        return IngressAdmission.admit(
                Optional.of(old), now, NamespaceState.ACTIVE, List.of(classes));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "path: /|pathType: Required value: pathType must be specified",
                "path: /, pathType: prefix|pathType: Unsupported value: \"prefix\": supported"
                        + " values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"",
                "path: a, pathType: Prefix"
                        + "|path: Invalid value: \"a\": must be an absolute path",
                "path: a, pathType: Exact"
                        + "|path: Invalid value: \"a\": must be an absolute path",
                "pathType: Exact|path: Invalid value: \"\": must be an absolute path",
                "path: a, pathType: ImplementationSpecific"
                        + "|path: Invalid value: \"a\": must be an absolute path",
                "path: //, pathType: Prefix|path: Invalid value: \"//\": must not contain '//'",
                "path: /a/./b, pathType: Exact"
                        + "|path: Invalid value: \"/a/./b\": must not contain '/./'",
                "path: /a/../b, pathType: Prefix"
                        + "|path: Invalid value: \"/a/../b\": must not contain '/../'",
                "path: /a%2fb, pathType: Prefix"
                        + "|path: Invalid value: \"/a%2fb\": must not contain '%2f'",
                "path: /a%2Fb, pathType: Prefix"
                        + "|path: Invalid value: \"/a%2Fb\": must not contain '%2F'",
                "path: /a/.., pathType: Prefix"
                        + "|path: Invalid value: \"/a/..\": cannot end with '/..'",
                "path: /a/., pathType: Exact"
                        + "|path: Invalid value: \"/a/.\": cannot end with '/.'",
            })
    void refusesPathsInKubernetesWords(String fields, String expected) {
        Ingress ingress = path(fields + ", backend: {service: {name: web, port: {number: 80}}}");

        assertThat(errors(create(ingress))).isEqualTo("spec.rules[0].http.paths[0]." + expected);
    }

    /** As Kubernetes, which looks no further where there is no type. */
    @Test
    void aPathWithoutATypeIsNotJudgedFurther() {
        assertThat(errors(create(path("path: a"))))
                .isEqualTo(
                        "spec.rules[0].http.paths[0].pathType: Required value: pathType must be"
                                + " specified");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path: /, pathType: Exact",
                "path: /.well-known/a, pathType: Prefix",
                "path: /a.., pathType: Prefix",
                "path: /a/, pathType: Exact",
                "pathType: ImplementationSpecific",
                "path: /a//b, pathType: ImplementationSpecific",
            })
    void takesPaths(String fields) {
        assertThat(
                        errors(
                                create(
                                        path(
                                                fields
                                                        + ", backend: {service: {name: web, port:"
                                                        + " {name: http}}}"))))
                .isEqualTo("accepted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "service: {name: web, port: {number: 80}}, resource: {kind: K, name: n}"
                        + "|: Invalid value: \"\": cannot set both resource and service backends",
                "''|: Invalid value: \"\": resource or service backend is required",
                "service: {port: {number: 80}}|.service.name: Required value",
                "service: {name: web}|: Required value: port name or number is required",
                "service: {name: web, port: {name: http, number: 80}}"
                        + "|: Invalid value: \"\": cannot set both port name & port number",
                "service: {name: web, port: {number: 65536}}"
                        + "|.service.port.number: Invalid value: 65536: must be between 1 and"
                        + " 65535, inclusive",
                "service: {name: web, port: {name: a--b}}"
                        + "|.service.port.name: Invalid value: \"a--b\": must not contain"
                        + " consecutive hyphens",
                "resource: {}|.resource.kind: Required value: kind is required &"
                        + " spec.defaultBackend.resource.name: Required value: name is required",
                "resource: {kind: Bucket, name: b, apiGroup: example.com}|accepted",
            })
    void judgesBackends(String backend, String expected) {
        Ingress ingress = ingress("defaultBackend: {" + backend + "}");

        assertThat(errors(create(ingress)))
                .isEqualTo(
                        expected.equals("accepted") ? expected : "spec.defaultBackend" + expected);
    }

    @Test
    void namesServicesAsServicesAreNamed() {
        assertThat(
                        errors(
                                create(
                                        ingress(
                                                "defaultBackend: {service: {name: 1web, port:"
                                                        + " {number: 80}}}"))))
                .startsWith(
                        "spec.defaultBackend.service.name: Invalid value: \"1web\": a DNS-1035"
                                + " label must consist of");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules: []|spec: Invalid value: \"\": either `defaultBackend` or `rules` must be"
                        + " specified",
                "rules: [{host: a.example.com}]|accepted",
                "rules: [{host: '*.example.com'}]|accepted",
                "rules: [{host: 192.0.2.1}]|spec.rules[0].host: Invalid value: \"192.0.2.1\":"
                        + " must be a DNS name, not an IP address",
                "rules: [{host: 'a.example.com:80'}]|spec.rules[0].host: Invalid value:"
                        + " \"a.example.com:80\": SUBDOMAIN",
                "rules: [{host: A.example.com}]|spec.rules[0].host: Invalid value:"
                        + " \"A.example.com\": SUBDOMAIN",
                "rules: [{http: {}}]|spec.rules[0].http.paths: Required value",
                "rules: [{}], ingressClassName: a_b|spec.ingressClassName: Invalid value:"
                        + " \"a_b\": SUBDOMAIN",
                "rules: [{}], tls: [{hosts: [a.example.com, '*.b.com'], secretName: s}, {}]"
                        + "|accepted",
                "rules: [{}], tls: [{hosts: [192.0.2.1]}]|accepted",
                "rules: [{}], tls: [{hosts: [a, _]}]|spec.tls[0].hosts[1]: Invalid value: \"_\":"
                        + " SUBDOMAIN",
                "rules: [{}], tls: [{secretName: s_}]|spec.tls[0].secretName: Invalid value:"
                        + " \"s_\": SUBDOMAIN",
            })
    void judgesRulesAndTls(String spec, String expected) {
        assertThat(errors(create(ingress(spec))))
                .isEqualTo(expected.replace("SUBDOMAIN", SUBDOMAIN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'*'", "'*.'", "a.*.com", "'*.*.com'", "'*a.com'"})
    void aStarIsTheWholeFirstLabel(String host) {
        assertThat(errors(create(ingress("rules: [{host: " + host + "}]"))))
                .startsWith("spec.rules[0].host: Invalid value: \"" + host.replace("'", ""))
                .contains(
                        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid"
                            + " DNS subdomain, which must consist of lower case alphanumeric"
                            + " characters, '-' or '.' and end with an alphanumeric character (e.g."
                            + " '*.example.com', regex used for validation is"
                            + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }

    /** Name, time of creation, default; of several the newest, then by name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|''",
                "a 1 false|''",
                "a 1 true|a",
                "a 1 true, b 2 true|b",
                "b 2 true, a 1 true|b",
                "b 1 true, a 1 true|a",
                "a 1 true, z 9 false|a",
            })
    void theDefaultClassIsFilledIn(String classes, String expected) {
        IngressClass[] all =
                Arrays.stream(classes.split(", "))
                        .filter(text -> !text.isEmpty())
                        .map(text -> text.split(" "))
                        .map(f -> ingressClass(f[0], Long.parseLong(f[1]), f[2].equals("true")))
                        .toArray(IngressClass[]::new);

        Ingress made = accepted(create(ingress(DEFAULT_BACKEND), all));

        assertThat(made.getSpec().getIngressClassName()).isEqualTo(expected);
        assertThat(made.getSpec().hasIngressClassName()).isEqualTo(!expected.isEmpty());
    }

    @Test
    void whoNamesAClassIsNotGivenOne() {
        IngressClass weir = ingressClass("weir", 1, true);
        String legacy = IngressAdmission.CLASS_ANNOTATION + ": nginx";

        Ingress named = accepted(create(ingress(DEFAULT_BACKEND + ", ingressClassName: n"), weir));
        Ingress annotated = accepted(create(annotated(legacy, DEFAULT_BACKEND), weir));

        assertThat(named.getSpec().getIngressClassName()).isEqualTo("n");
        assertThat(annotated.getSpec().hasIngressClassName()).isFalse();
    }

    @Test
    void annotationAndFieldHaveToAgreeAtFirst() {
        String legacy = IngressAdmission.CLASS_ANNOTATION + ": nginx";
        Ingress both = annotated(legacy, DEFAULT_BACKEND + ", ingressClassName: weir");

        assertThat(errors(create(both)))
                .isEqualTo(
                        "annotations.kubernetes.io/ingress.class: Invalid value: \"nginx\": must"
                                + " match `ingressClassName` when both are specified");
        assertThat(errors(update(both, both))).isEqualTo("accepted");
        assertThat(errors(create(annotated(legacy, DEFAULT_BACKEND + ", ingressClassName: nginx"))))
                .isEqualTo("accepted");
    }

    @Test
    void anUpdateFillsInNoClassAndTakesNoneAway() {
        IngressClass weir = ingressClass("weir", 1, true);
        Ingress without = accepted(create(ingress(DEFAULT_BACKEND)));
        Ingress with = accepted(create(ingress(DEFAULT_BACKEND), weir));

        Ingress stays = accepted(update(without, ingress(DEFAULT_BACKEND), weir));
        Ingress again = accepted(update(with, ingress(DEFAULT_BACKEND), weir));
        Ingress other =
                accepted(update(with, ingress(DEFAULT_BACKEND + ", ingressClassName: x"), weir));
        Ingress legacy =
                accepted(
                        update(
                                with,
                                annotated(
                                        IngressAdmission.CLASS_ANNOTATION + ": x",
                                        DEFAULT_BACKEND)));

        assertThat(stays.getSpec().hasIngressClassName()).isFalse();
        assertThat(again.getSpec().getIngressClassName()).isEqualTo("weir");
        assertThat(other.getSpec().getIngressClassName()).isEqualTo("x");
        assertThat(legacy.getSpec().hasIngressClassName()).isFalse();
    }

    @Test
    void aStatusIsNotCreated() {
        Ingress.Builder ingress = ingress(DEFAULT_BACKEND).toBuilder();
        ingress.getStatusBuilder().getLoadBalancerBuilder().addIngressBuilder().setIp("192.0.2.1");

        assertThat(accepted(create(ingress.build())).hasStatus()).isFalse();
        assertThat(accepted(update(ingress.build(), ingress.build())).hasStatus()).isTrue();
    }

    @Test
    void needsANamespaceThatStays() {
        assertThat(
                        errors(
                                IngressAdmission.admit(
                                        Optional.empty(),
                                        ingress(DEFAULT_BACKEND),
                                        NamespaceState.TERMINATING,
                                        List.of())))
                .startsWith("ingresses \"shop\" is forbidden: unable to create new content");
    }
}
