package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.client.FakeServer;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Secret;
import dev.weir.model.Manifests;
import dev.weir.route.v1.Gateway;
import dev.weir.route.v1.GatewayClass;
import dev.weir.route.v1.Ingress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on what routes HTTP, and on Secrets. */
@Timeout(30)
class RouteCommandsTest {
    /** Of each kind one; the second Ingress has little. */
    private static final String OBJECTS =
            """
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: weir}
            spec: {controller: weir.dev/ingress}
            ---
            apiVersion: networking.k8s.io/v1
            kind: IngressClass
            metadata: {name: other}
            spec:
              controller: example.com/own
              parameters: {apiGroup: example.com, kind: Settings, name: edge}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop, namespace: default}
            spec:
              ingressClassName: weir
              tls: [{hosts: [a.example.com], secretName: cert}]
              rules:
              - host: a.example.com
              - host: b.example.com
              - host: c.example.com
              - host: d.example.com
              - host: e.example.com
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: any, namespace: default}
            spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: GatewayClass
            metadata: {name: weir}
            spec: {controllerName: weir.dev/gateway}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: g, namespace: default}
            spec:
              gatewayClassName: weir
              listeners: [{name: http, port: 80, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: default}
            spec: {parentRefs: [{name: g}], hostnames: [a.example.com, b.example.com]}
            ---
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: certs, namespace: default}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}]
              to: [{group: '', kind: Secret}]
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: cert, namespace: default}
            type: kubernetes.io/tls
            data: {tls.crt: Y2VydA==, tls.key: a2V5}
            """;

    @TempDir Path directory;
    private FakeServer server;

    @BeforeEach
    void start() throws Exception {
        server = new FakeServer(directory.resolve("s"));
        for (var manifest : Manifests.parse("test", OBJECTS).manifests()) {
            server.put(
                    switch (manifest.object()) {
                        case Ingress ingress when ingress.getMetadata().getName().equals("shop") ->
                                addressed(ingress);
                        case GatewayClass c -> accepted(c);
                        case Gateway gateway -> programmed(gateway);
                        default -> manifest.object();
                    });
        }
    }

    private static Ingress addressed(Ingress ingress) {
        Ingress.Builder made = ingress.toBuilder();
        var balancer = made.getStatusBuilder().getLoadBalancerBuilder();
        balancer.addIngressBuilder().setIp("192.0.2.1");
        balancer.addIngressBuilder().setIp("2001:db8::1");
        return made.build();
    }

    private static GatewayClass accepted(GatewayClass c) {
        GatewayClass.Builder made = c.toBuilder();
        made.getStatusBuilder().addConditions(condition("Accepted"));
        return made.build();
    }

    private static Gateway programmed(Gateway gateway) {
        Gateway.Builder made = gateway.toBuilder();
        made.getStatusBuilder().addConditions(condition("Programmed"));
        made.getStatusBuilder().addAddressesBuilder().setType("IPAddress").setValue("192.0.2.1");
        return made.build();
    }

    private static Condition condition(String type) {
        return Condition.newBuilder().setType(type).setStatus("True").build();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CommandLineEnd run(String... args) {
        return CommandLineEnd.of(
                server, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(100)), args);
    }

    /** The table without the ages, the cells apart by two blanks. */
    private String table(String type) {
        CommandLineEnd ran = run("get", type);
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.out().replaceAll(" {2,}", "  ").replaceAll("(99|100|101)s\n", "1m\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ing|NAME  CLASS  HOSTS  ADDRESS  PORTS  AGE"
                        + ";any  <none>  *  80  1m"
                        + ";shop  weir  a.example.com,b.example.com,c.example.com + 2 more..."
                        + "  192.0.2.1,2001:db8::1  80, 443  1m",
                "ingressclass|NAME  CONTROLLER  PARAMETERS  AGE"
                        + ";other  example.com/own  Settings.example.com/edge  1m"
                        + ";weir  weir.dev/ingress  <none>  1m",
                "gatewayclass|NAME  CONTROLLER  ACCEPTED  AGE;weir  weir.dev/gateway  True  1m",
                "gateway|NAME  CLASS  ADDRESS  PROGRAMMED  AGE;g  weir  192.0.2.1  True  1m",
                "httproute|NAME  HOSTNAMES  AGE;r  [\"a.example.com\",\"b.example.com\"]  1m",
                "secret|NAME  TYPE  DATA  AGE;cert  kubernetes.io/tls  2  1m",
                "referencegrant|NAME  AGE;certs  1m",
            })
    void getShowsKubectlsColumns(String type, String expected) {
        assertThat(table(type)).isEqualTo(expected.replace(';', '\n') + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ingressclass/weir",
                "ingress/shop",
                "gatewayclass/weir",
                "gateway/g",
                "httproute/r",
                "referencegrant/certs"
            })
    void describeShowsEachKind(String object) {
        CommandLineEnd ran = run("describe", object);

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains(object.substring(object.indexOf('/') + 1)).contains("Spec:");
    }

    @Test
    void aSecretAsYamlIsAsItWasApplied() {
        String yaml = run("get", "secrets", "cert", "-o", "yaml").out();

        assertThat(yaml)
                .contains("tls.crt: \"Y2VydA==\"", "tls.key: a2V5", "type: kubernetes.io/tls");
        Secret read = (Secret) Manifests.parse("test", yaml).manifests().getFirst().object();
        assertThat(read.getDataOrThrow("tls.key").toStringUtf8()).isEqualTo("key");
    }

    @Test
    void describeShowsHowMuchIsInASecretAndNotWhat() {
        CommandLineEnd ran = run("describe", "secret", "cert");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("tls.crt: 4 bytes").contains("tls.key: 3 bytes");
        assertThat(ran.out()).doesNotContain("Y2VydA", "a2V5");
    }
}
