package dev.weir.control.admission.route;

import static dev.weir.control.admission.Judged.accepted;
import static dev.weir.control.admission.Judged.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.control.admission.Judged;
import dev.weir.model.Judgement;
import dev.weir.model.NamespaceState;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.Listener;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayAdmissionTest {
    private static final String HTTP = "{name: http, port: 80, protocol: HTTP}";

    private static Gateway gateway(String spec) {
        return Judged.read(
                Gateway.class,
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: g, namespace: shop}
                spec: {%s}
                """
                        .formatted(spec));
    }

    private static Gateway listeners(String listeners) {
        return gateway("gatewayClassName: weir, listeners: [" + listeners + "]");
    }

    private static Judgement<Gateway> create(Gateway gateway) {
        return GatewayAdmission.admit(Optional.empty(), gateway, NamespaceState.ACTIVE);
    }

    @Test
    void fillsInWhatIsDefault() {
        Gateway made =
                accepted(
                        create(
                                listeners(
                                        HTTP
                                                + ", {name: https, port: 443, protocol: HTTPS, tls:"
                                                + " {certificateRefs: [{name: cert}]}}")));

        Listener http = made.getSpec().getListeners(0);
        Listener https = made.getSpec().getListeners(1);
        assertThat(http.getAllowedRoutes().getNamespaces().getFrom()).isEqualTo("Same");
        assertThat(http.hasTls()).isFalse();
        assertThat(https.getTls().getMode()).isEqualTo("Terminate");
        assertThat(https.getTls().getCertificateRefs(0).hasGroup()).isTrue();
        assertThat(https.getTls().getCertificateRefs(0).getGroup()).isEmpty();
        assertThat(https.getTls().getCertificateRefs(0).getKind()).isEqualTo("Secret");
        assertThat(accepted(create(made))).isEqualTo(made);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listeners: [HTTP]|spec.gatewayClassName: Required value",
                "gatewayClassName: weir|spec.listeners: Required value",
            })
    void needsAClassAndListeners(String spec, String expected) {
        assertThat(errors(create(gateway(spec.replace("HTTP", HTTP))))).isEqualTo(expected);
    }

    /** Of one listener; without {@code spec.listeners[0]} in front of what is wrong. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a, port: 80, protocol: HTTP|accepted",
                "name: a, port: 80, protocol: HTTP, hostname: '*.example.com'|accepted",
                "name: a, port: 80, protocol: example.com/own|accepted",
                "name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: c}]}|accepted",
                "name: a, port: 443, protocol: TLS, tls: {mode: Passthrough}|accepted",
                "name: a, port: 443, protocol: HTTPS, tls: {options: {a: b}}|accepted",
                "port: 80, protocol: HTTP|.name: Required value",
                "name: a, protocol: HTTP|.port: Invalid value: 0: must be between 1 and 65535,"
                        + " inclusive",
                "name: a, port: 80|.protocol: Required value",
                "name: a, port: 80, protocol: HTTP, hostname: 192.0.2.1|.hostname: Invalid value:"
                        + " \"192.0.2.1\": must be a DNS name, not an IP address",
                "name: a, port: 80, protocol: TCP, hostname: a.b|: Invalid value: \"a\":"
                        + " hostname must not be specified for protocols ['TCP', 'UDP']",
                "name: a, port: 80, protocol: HTTP, tls: {mode: Passthrough}|: Invalid value:"
                        + " \"a\": tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
                "name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}|: Invalid value:"
                        + " \"a\": tls mode must be Terminate for protocol HTTPS",
                "name: a, port: 443, protocol: HTTPS, tls: {}|.tls: Invalid value: \"Terminate\":"
                        + " certificateRefs or options must be specified when mode is Terminate",
                "name: a, port: 443, protocol: TLS, tls: {mode: Own}|.tls.mode: Unsupported value:"
                        + " \"Own\": supported values: \"Terminate\", \"Passthrough\"",
                "name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{kind: K}]}"
                        + "|.tls.certificateRefs[0].name: Required value",
                "name: a, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Some}}"
                        + "|.allowedRoutes.namespaces.from: Unsupported value: \"Some\": supported"
                        + " values: \"All\", \"Selector\", \"Same\"",
            })
    void judgesListeners(String listener, String expected) {
        assertThat(errors(create(listeners("{" + listener + "}"))))
                .isEqualTo(expected.equals("accepted") ? expected : "spec.listeners[0]" + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}"
                        + "|spec.listeners: Invalid value: \"a\": Listener name must be unique"
                        + " within the Gateway",
                "{name: a, port: 80, protocol: HTTP, hostname: h}, {name: b, port: 80, protocol:"
                        + " HTTP, hostname: h}|spec.listeners: Invalid value: \"b\": Combination"
                        + " of port, protocol and hostname must be unique for each listener",
                "{name: a, port: 80, protocol: HTTP, hostname: h}, {name: b, port: 80, protocol:"
                        + " HTTP}|accepted",
                "{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: TCP}|accepted",
            })
    void listenersDiffer(String listeners, String expected) {
        assertThat(errors(create(listeners(listeners)))).isEqualTo(expected);
    }

    @Test
    void sixtyFourListenersAreEnough() {
        String many =
                IntStream.rangeClosed(1, 65)
                        .mapToObj(i -> "{name: l%d, port: %d, protocol: HTTP}".formatted(i, i))
                        .collect(Collectors.joining(", "));

        assertThat(errors(create(listeners(many))))
                .isEqualTo("spec.listeners: Too many: 65: must have at most 64 items");
    }

    @Test
    void aStatusIsNotCreated() {
        Gateway.Builder gateway = listeners(HTTP).toBuilder();
        gateway.getStatusBuilder().addAddressesBuilder().setValue("192.0.2.1");

        assertThat(accepted(create(gateway.build())).hasStatus()).isFalse();
        assertThat(
                        accepted(
                                        GatewayAdmission.admit(
                                                Optional.of(gateway.build()),
                                                gateway.build(),
                                                NamespaceState.TERMINATING))
                                .hasStatus())
                .isTrue();
    }
}
