package dev.weir.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointAddress;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Endpoints;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirroredTest {
    private static final String HEAD =
            "apiVersion: v1\nkind: Endpoints\nmetadata: {name: db, namespace: shop}\n";

    private static Endpoints read(String fields) {
        var parsed = Manifests.parse("test", HEAD + fields);
        assertThat(parsed.problems()).isEmpty();
        return (Endpoints) parsed.manifests().getFirst().object();
    }

    private static Mirrored accepted(Endpoints endpoints) {
        Judgement<Mirrored> judged = Mirrored.of(endpoints, false);
        assertThat(judged).isInstanceOf(Judgement.Accepted.class);
        return ((Judgement.Accepted<Mirrored>) judged).object();
    }

    /** "IPv4 5432/TCP: 192.0.2.1 ready, ..." */
    private static String shown(EndpointSlice slice) {
        return slice.getAddressType()
                + slice.getPortsList().stream()
                        .map(p -> " " + p.getName() + p.getPort() + "/" + p.getProtocol())
                        .collect(Collectors.joining())
                + slice.getEndpointsList().stream()
                        .map(e -> "; " + e.getAddresses(0) + state(e))
                        .collect(Collectors.joining());
    }

    private static String state(Endpoint endpoint) {
        return endpoint.getConditions().getReady() ? " ready" : " not ready";
    }

    @Test
    void eachSubsetAndFamilyIsASlice() {
        Endpoints endpoints =
                read(
                        """
                        subsets:
                        - addresses: [{ip: 192.0.2.1}, {ip: "2001:db8::1"}]
                          notReadyAddresses: [{ip: 192.0.2.2}]
                          ports: [{port: 5432}]
                        - addresses: [{ip: 192.0.2.3}]
                          ports: [{name: a, port: 1, protocol: UDP}, {name: b, port: 2}]
                        """);

        Mirrored mirrored = accepted(endpoints);

        assertThat(mirrored.slices())
                .extracting(MirroredTest::shown)
                .containsExactly(
                        "IPv4 5432/TCP; 192.0.2.1 ready; 192.0.2.2 not ready",
                        "IPv6 5432/TCP; 2001:db8::1 ready",
                        "IPv4 a1/UDP b2/TCP; 192.0.2.3 ready");
        assertThat(mirrored.slices())
                .allSatisfy(
                        slice ->
                                assertThat(slice.getMetadata().getLabelsMap())
                                        .containsEntry("kubernetes.io/service-name", "db")
                                        .containsEntry(
                                                "endpointslice.kubernetes.io/managed-by",
                                                "endpointslicemirroring-controller.k8s.io"))
                .extracting(slice -> slice.getMetadata().getName())
                .doesNotHaveDuplicates();
        assertThat(mirrored.warnings()).isEmpty();
        assertThat(accepted(endpoints)).isEqualTo(mirrored);
    }

    @Test
    void whatIsKnownOfAnAddressGoesWithIt() {
        Endpoints.Builder endpoints =
                read(
                        """
                        subsets:
                        - addresses:
                          - ip: 192.0.2.1
                            hostname: db-0
                            nodeName: node-1
                            targetRef: {kind: Pod, namespace: shop, name: db-0, uid: u}
                        """)
                        .toBuilder();
        endpoints
                .getMetadataBuilder()
                .putLabels("tier", "data")
                .putAnnotations("note", "x")
                .putAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}");

        EndpointSlice slice = accepted(endpoints.build()).slices().getFirst();

        assertThat(slice.getEndpoints(0).getHostname()).isEqualTo("db-0");
        assertThat(slice.getEndpoints(0).getNodeName()).isEqualTo("node-1");
        assertThat(slice.getEndpoints(0).getTargetRef().getUid()).isEqualTo("u");
        assertThat(slice.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(slice.getMetadata().getLabelsMap()).containsEntry("tier", "data");
        assertThat(slice.getMetadata().getAnnotationsMap()).containsOnlyKeys("note");
        assertThat(slice.getPortsCount()).isZero();
    }

    @Test
    void aChangeOfAddressesKeepsTheNameAndAChangeOfPortsDoesNot() {
        String ports = "subsets: [{addresses: [{ip: %s}], ports: [{port: %d}]}]";

        String name = nameOf(read(ports.formatted("192.0.2.1", 80)));

        assertThat(nameOf(read(ports.formatted("192.0.2.9", 80)))).isEqualTo(name);
        assertThat(nameOf(read(ports.formatted("192.0.2.1", 81)))).isNotEqualTo(name);
    }

    private static String nameOf(Endpoints endpoints) {
        return accepted(endpoints).slices().getFirst().getMetadata().getName();
    }

    @Test
    void aThousandAddressesOfASubsetAreMirrored() {
        Endpoints.Builder endpoints = read("subsets: [{addresses: [{ip: 192.0.2.1}]}]").toBuilder();
        for (int i = 0; i < 999; i++) {
            endpoints.getSubsetsBuilder(0).addAddresses(address(i));
        }
        Mirrored full = accepted(endpoints.build());
        endpoints.getSubsetsBuilder(0).addNotReadyAddresses(address(999));

        Mirrored over = accepted(endpoints.build());

        assertThat(full.warnings()).isEmpty();
        assertThat(over.warnings())
                .containsExactly(
                        "endpoints/db: subsets[0]: 1 addresses are left out; 1000 are mirrored");
        EndpointSlice slice = over.slices().getFirst();
        assertThat(slice.getEndpointsCount()).isEqualTo(1000);
        assertThat(slice.getEndpointsList()).allMatch(e -> e.getConditions().getReady());
        assertThat(slice.getMetadata().getAnnotationsMap())
                .containsEntry("endpoints.kubernetes.io/over-capacity", "truncated");
    }

    private static EndpointAddress address(int number) {
        return EndpointAddress.newBuilder()
                .setIp("198.18." + number / 250 + "." + number % 250)
                .build();
    }

    @Test
    void someAreNotMirrored() {
        Endpoints plain = read("subsets: [{addresses: [{ip: 192.0.2.1}]}]");
        Endpoints.Builder skipped = plain.toBuilder();
        skipped.getMetadataBuilder().putLabels("endpointslice.kubernetes.io/skip-mirror", "true");
        Endpoints.Builder leader = plain.toBuilder();
        leader.getMetadataBuilder()
                .putAnnotations("control-plane.alpha.kubernetes.io/leader", "{}");

        List<Judgement<Mirrored>> judged =
                List.of(
                        Mirrored.of(skipped.build(), false),
                        Mirrored.of(leader.build(), false),
                        Mirrored.of(plain, true));

        assertThat(judged)
                .allSatisfy(
                        judgement ->
                                assertThat(judgement)
                                        .isInstanceOfSatisfying(
                                                Judgement.Accepted.class,
                                                accepted -> {
                                                    Mirrored none = (Mirrored) accepted.object();
                                                    assertThat(none.slices()).isEmpty();
                                                    assertThat(none.warnings()).hasSize(1);
                                                }));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
                "{addresses: [{ip: x}]}|subsets[0].addresses[0].ip: Invalid value: \"x\": must be a"
                        + " valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "{notReadyAddresses: [{ip: 127.0.0.1}]}|subsets[0].notReadyAddresses[0].ip: Invalid"
                        + " value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8,"
                        + " ::1/128)",
                "{addresses: [{ip: 192.0.2.1}], ports: [{name: a, port: 0}]}|subsets[0].ports[0]"
                        + ".port: Invalid value: 0: must be between 1 and 65535, inclusive",
                "{addresses: [{ip: 192.0.2.1}], ports: [{name: a, port: 1}, {port: 2}]}|subsets[0]"
                        + ".ports[1].name: Required value",
                "{addresses: [{ip: 192.0.2.1}], ports: [{port: 1, protocol: tcp}]}|subsets[0]"
                        + ".ports[0].protocol: Unsupported value: \"tcp\": supported values:"
                        + " \"SCTP\", \"TCP\", \"UDP\"",
            })
    void whatIsWrongIsNamed(String subset, String error) {
        Judgement<Mirrored> judged = Mirrored.of(read("subsets: [" + subset + "]"), false);

        assertThat(judged)
                .isInstanceOfSatisfying(
                        Judgement.Refused.class,
                        refused ->
                                assertThat(refused.failure().message())
                                        .isEqualTo("Endpoints \"db\" is invalid: " + error));
    }

    @Test
    void fieldsAreReadStrictly() {
        var parsed = Manifests.parse("test", HEAD + "subsets: [{address: []}]");

        assertThat(parsed.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "test: document 1, line 4: subsets[0].address: unknown field, expected one"
                                + " of addresses, notReadyAddresses, ports");
    }
}
