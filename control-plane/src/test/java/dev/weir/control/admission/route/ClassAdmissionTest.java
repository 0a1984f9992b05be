package dev.weir.control.admission.route;

import static dev.weir.control.admission.Judged.accepted;
import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.control.admission.Judged;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.IngressClass;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IngressClasses and GatewayClasses. */
class ClassAdmissionTest {
    private static IngressClass ingressClass(String spec) {
        return Judged.read(
                IngressClass.class,
                """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: c}
                spec: {%s}
                """
                        .formatted(spec));
    }

    private static GatewayClass gatewayClass(String spec) {
        return Judged.read(
                GatewayClass.class,
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: GatewayClass
                metadata: {name: c}
                spec: {%s}
                """
                        .formatted(spec));
    }

    private static String ingressErrors(IngressClass requested) {
        return errors(IngressClassAdmission.admit(Optional.empty(), requested));
    }

    private static String gatewayErrors(GatewayClass requested) {
        return errors(GatewayClassAdmission.admit(Optional.empty(), requested));
    }

    /** Without {@code FIELD: } in front of what is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weir.dev/ingress|accepted",
                "a.b/c/d:e|accepted",
                "''|Required value",
                "weir|Invalid value: \"weir\": must be a domain-prefixed path (such as"
                        + " \"acme.io/foo\")",
                "/a|Invalid value: \"/a\": must be a domain-prefixed path (such as"
                        + " \"acme.io/foo\")",
                "a/|Invalid value: \"a/\": must be a domain-prefixed path (such as"
                        + " \"acme.io/foo\")",
                "a/b c|Invalid value: \"b c\": Invalid path (regex used for validation is"
                        + " '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
            })
    void controllersHaveADomain(String name, String expected) {
        boolean fine = expected.equals("accepted");

        assertThat(ingressErrors(ingressClass("controller: '" + name + "'")))
                .isEqualTo(fine ? expected : "spec.controller: " + expected);
        assertThat(gatewayErrors(gatewayClass("controllerName: '" + name + "'")))
                .isEqualTo(fine ? expected : "spec.controllerName: " + expected);
    }

    @Test
    void controllersHaveShortNames() {
        String most = "a.b/" + "c".repeat(246);

        assertThat(ingressErrors(ingressClass("controller: " + most))).isEqualTo("accepted");
        assertThat(ingressErrors(ingressClass("controller: " + most + "c")))
                .isEqualTo("spec.controller: Too long: may not be more than 250 bytes");
        assertThat(gatewayErrors(gatewayClass("controllerName: " + most + "ccc")))
                .isEqualTo("accepted");
        assertThat(gatewayErrors(gatewayClass("controllerName: " + most + "cccc")))
                .isEqualTo("spec.controllerName: Too long: may not be more than 253 bytes");
    }

    @Test
    void controllersDoNotChange() {
        assertThat(
                        errors(
                                IngressClassAdmission.admit(
                                        Optional.of(ingressClass("controller: a.b/c")),
                                        ingressClass("controller: a.b/d"))))
                .isEqualTo("spec.controller: Invalid value: \"a.b/d\": field is immutable");
        assertThat(
                        errors(
                                GatewayClassAdmission.admit(
                                        Optional.of(gatewayClass("controllerName: a.b/c")),
                                        gatewayClass("controllerName: a.b/d"))))
                .isEqualTo("spec.controllerName: Invalid value: \"a.b/d\": Value is immutable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: K, name: n|accepted",
                "kind: K, name: n, scope: Cluster, apiGroup: a.b|accepted",
                "kind: K, name: n, scope: Namespace, namespace: shop|accepted",
                "''|spec.parameters.kind: Required value: kind is required &"
                        + " spec.parameters.name: Required value: name is required",
                "kind: K, name: n, scope: Node|spec.parameters.scope: Unsupported value: \"Node\":"
                        + " supported values: \"Cluster\", \"Namespace\"",
                "kind: K, name: n, scope: Namespace|spec.parameters.namespace: Required value:"
                        + " `parameters.scope` is set to 'Namespace'",
                "kind: K, name: n, namespace: shop|spec.parameters.namespace: Forbidden:"
                        + " `parameters.scope` is set to 'Cluster'",
            })
    void classesOfOthersHaveParameters(String parameters, String expected) {
        IngressClass requested =
                ingressClass("controller: a.b/c, parameters: {" + parameters + "}");

        assertThat(ingressErrors(requested)).isEqualTo(expected);
    }

    @Test
    void parametersAreOfTheClusterByDefault() {
        IngressClass made =
                accepted(
                        IngressClassAdmission.admit(
                                Optional.empty(),
                                ingressClass("controller: a.b/c, parameters: {kind: K, name: n}")));

        assertThat(made.getSpec().getParameters().getScope()).isEqualTo("Cluster");
    }

    /** Nobody would read them. */
    @Test
    void classesOfOursHaveNone() {
        assertThat(
                        ingressErrors(
                                ingressClass(
                                        "controller: weir.dev/ingress, parameters: {kind: K, name:"
                                                + " n}")))
                .isEqualTo(
                        "spec.parameters: Forbidden: not supported by controller"
                                + " weir.dev/ingress");
    }

    /** Whether it may is for the condition Accepted to say. */
    @Test
    void aGatewayClassMayReferToParameters() {
        assertThat(
                        gatewayErrors(
                                gatewayClass(
                                        "controllerName: a.b/c, parametersRef: {group: g, kind: K,"
                                                + " name: n}")))
                .isEqualTo("accepted");
    }
}
