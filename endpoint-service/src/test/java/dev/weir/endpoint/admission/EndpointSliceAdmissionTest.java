package dev.weir.endpoint.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Manifests;
import dev.weir.model.NamespaceState;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointSlice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointSliceAdmissionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "addressType: IPv4, endpoints: [{addresses: [192.0.2.1]}], ports: [{port:"
                        + " 80}]|accepted",
                "addressType: IPv6, endpoints: [{addresses: [\"2001:db8::1\"], nodeName: n1,"
                        + " hostname: a, zone: z}]|accepted",
                "addressType: FQDN, endpoints: [{addresses: [a.example]}]|accepted",
                "addressType: IPv4, endpoints: [{addresses: [192.0.2.1], hints: {forZones: [{name:"
                        + " a}, {name: b}], forNodes: [{name: n1}]}}]|accepted",
                "addressType: IPv4, endpoints: [{addresses: [192.0.2.1], hints: {forZones: [{name:"
                        + " a}, {name: a}]}}]|endpoints[0].hints.forZones[1].name: Duplicate value:"
                        + " \"a\"",
                "addressType: IPv4, endpoints: [{addresses: [192.0.2.1], hints: {forNodes: [{name:"
                    + " n0}, {name: n1}, {name: n2}, {name: n3}, {name: n4}, {name: n5}, {name:"
                    + " n6}, {name: n7}, {name: n8}]}}]|endpoints[0].hints.forNodes: Too many: 9:"
                    + " must have at most 8 items",
                "endpoints: []|addressType: Required value",
                "addressType: IPX|addressType: Unsupported value: \"IPX\": supported values:"
                        + " \"FQDN\", \"IPv4\", \"IPv6\"",
                "addressType: IPv4, endpoints: [{}]|endpoints[0].addresses: Required value: must"
                        + " contain at least 1 address",
                "addressType: IPv4, endpoints: [{addresses:"
                        + " [\"2001:db8::1\"]}]|endpoints[0].addresses[0]: Invalid value:"
                        + " \"2001:db8::1\": must be an IPv4 address",
                "addressType: IPv6, endpoints: [{addresses:"
                    + " [192.0.2.1]}]|endpoints[0].addresses[0]: Invalid value: \"192.0.2.1\": must"
                    + " be an IPv6 address",
                "addressType: IPv4, endpoints: [{addresses: [0.0.0.0]}]|endpoints[0].addresses[0]:"
                        + " Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)",
                "addressType: IPv6, endpoints: [{addresses:"
                    + " [\"fe80::1\"]}]|endpoints[0].addresses[0]: Invalid value: \"fe80::1\": may"
                    + " not be in the link-local range (169.254.0.0/16, fe80::/10)",
                "addressType: IPv4, endpoints: [{addresses:"
                    + " [224.0.0.1]}]|endpoints[0].addresses[0]: Invalid value: \"224.0.0.1\": may"
                    + " not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
                "addressType: IPv4, ports: [{port: 80}, {port: 81}]|ports[1].name: Duplicate value:"
                        + " \"\"",
                "addressType: IPv4, ports: [{protocol: GRE}]|ports[0].protocol: Unsupported value:"
                        + " \"GRE\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "addressType: IPv4, ports: [{port: 0}]|ports[0].port: Invalid value: 0: must be"
                        + " between 1 and 65535, inclusive",
            })
    void judgesSlices(String fields, String outcome) {
        assertThat(errors(Optional.empty(), read(fields))).isEqualTo(outcome);
    }

    @Test
    void setsTheProtocol() {
        EndpointSlice slice = read("addressType: IPv4, ports: [{port: 80}]");

        assertThat(EndpointSliceAdmission.admit(Optional.empty(), slice, NamespaceState.ACTIVE))
                .isInstanceOfSatisfying(
                        Judgement.Accepted.class,
                        accepted ->
                                assertThat(
                                                ((EndpointSlice) accepted.object())
                                                        .getPorts(0)
                                                        .getProtocol())
                                        .isEqualTo("TCP"));
    }

    @Test
    void keepsItsAddressTypeAndItsSize() {
        EndpointSlice old = read("addressType: IPv4");
        EndpointSlice.Builder large = old.toBuilder();
        for (int i = 0; i <= 1000; i++) {
            large.addEndpoints(Endpoint.newBuilder().addAddresses("192.0.2.1"));
        }

        assertThat(errors(Optional.of(old), read("addressType: IPv6")))
                .isEqualTo("addressType: Invalid value: \"IPv6\": field is immutable");
        assertThat(errors(Optional.of(old), large.build()))
                .isEqualTo("endpoints: Too many: 1001: must have at most 1000 items");
    }

    @ParameterizedTest
    @CsvSource({
        "1, true",
        "86400, true",
        "0, false",
        "86401, false",
        "030, false",
        "ten, false",
        "'', false"
    })
    void aLeaseIsANumberOfSecondsUpToADay(String seconds, boolean accepted) {
        EndpointSlice.Builder slice = read("addressType: IPv4").toBuilder();
        slice.getMetadataBuilder().putAnnotations("weir.dev/lease-seconds", seconds);

        assertThat(errors(Optional.empty(), slice.build()))
                .isEqualTo(
                        accepted
                                ? "accepted"
                                : "metadata.annotations[weir.dev/lease-seconds]: Invalid value: \""
                                        + seconds
                                        + "\": must be a number of seconds from 1 to 86400");
    }

    private static String errors(Optional<EndpointSlice> old, EndpointSlice slice) {
        return switch (EndpointSliceAdmission.admit(old, slice, NamespaceState.ACTIVE)) {
            case Judgement.Accepted<EndpointSlice> accepted -> "accepted";
            case Judgement.Refused<EndpointSlice>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    private static EndpointSlice read(String fields) {
        var parsed =
                Manifests.parse(
                        "test",
                        "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s,"
                                + " namespace: default}, "
                                + fields
                                + "}");
        assertThat(parsed.problems()).isEmpty();
        return (EndpointSlice) parsed.manifests().getFirst().object();
    }
}
