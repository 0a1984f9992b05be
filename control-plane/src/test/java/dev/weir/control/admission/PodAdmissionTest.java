package dev.weir.control.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodStatus;
import dev.weir.core.v1.Probe;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Manifests;
import dev.weir.model.NamespaceState;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodAdmissionTest {

    @Test
    void completesAPod() {
        Pod pod =
                accepted(
                        Optional.empty(),
                        read(
                                "{containers: [{name: a, ports: [{containerPort: 80}],"
                                        + " readinessProbe: {httpGet: {port: 80}}}]}"));

        Probe probe = pod.getSpec().getContainers(0).getReadinessProbe();
        assertThat(pod.getSpec().getDnsPolicy()).isEqualTo("ClusterFirst");
        assertThat(pod.getSpec().getContainers(0).getPorts(0).getProtocol()).isEqualTo("TCP");
        assertThat(probe.getHttpGet().getPath()).isEqualTo("/");
        assertThat(probe.getPeriodSeconds()).isEqualTo(10);
        assertThat(probe.getTimeoutSeconds()).isEqualTo(1);
        assertThat(probe.getSuccessThreshold()).isEqualTo(1);
        assertThat(probe.getFailureThreshold()).isEqualTo(3);
        assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{hostname: a.b}|spec.hostname: Invalid value: \"a.b\": a lowercase RFC 1123 label"
                        + " must consist",
                "{subdomain: A}|spec.subdomain: Invalid value: \"A\": a lowercase RFC 1123 label"
                        + " must consist",
                "{nodeName: A}|spec.nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain"
                        + " must consist",
                "{containers: [{}]}|spec.containers[0].name: Required value",
                "{containers: [{name: a}, {name: a}]}|spec.containers[1].name: Duplicate value:"
                        + " \"a\"",
                "{containers: [{name: a, ports: [{}]}]}|spec.containers[0].ports[0].containerPort:"
                        + " Required value",
                "{containers: [{name: a, ports: [{containerPort:"
                    + " 65536}]}]}|spec.containers[0].ports[0].containerPort: Invalid value: 65536:"
                    + " must be between 1 and 65535, inclusive",
                "{containers: [{name: a, ports: [{containerPort: 80, protocol:"
                    + " tcp}]}]}|spec.containers[0].ports[0].protocol: Unsupported value: \"tcp\":"
                    + " supported values: \"SCTP\", \"TCP\", \"UDP\"",
                "{containers: [{name: a, ports: [{containerPort: 80, name: x}, {containerPort: 81,"
                        + " name: x}]}]}|spec.containers[0].ports[1].name: Duplicate value: \"x\"",
                "{containers: [{name: a, readinessProbe: {}}]}|spec.containers[0].readinessProbe:"
                        + " Required value: must specify a handler type",
                "{containers: [{name: a, readinessProbe: {httpGet: {port: 1}, tcpSocket: {port:"
                        + " 1}}}]}|spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not"
                        + " specify more than 1 handler type",
                "{containers: [{name: a, readinessProbe: {grpc: {port: 1}, tcpSocket: {port:"
                        + " 1}}}]}|spec.containers[0].readinessProbe.grpc: Forbidden: may not"
                        + " specify more than 1 handler type",
                "{containers: [{name: a, readinessProbe: {grpc: {service:"
                        + " web}}}]}|spec.containers[0].readinessProbe.grpc.port: Invalid value: 0:"
                        + " must be between 1 and 65535, inclusive",
                "{containers: [{name: a, readinessProbe: {tcpSocket: {port:"
                    + " 0}}}]}|spec.containers[0].readinessProbe.tcpSocket.port: Invalid value: 0:"
                    + " must be between 1 and 65535, inclusive",
                "{containers: [{name: a, readinessProbe: {tcpSocket: {port: 1}, periodSeconds:"
                    + " -1}}]}|spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1:"
                    + " must be greater than or equal to 0",
                "{dnsPolicy: Any}|spec.dnsPolicy: Unsupported value: \"Any\": supported values:"
                        + " \"ClusterFirst\", \"ClusterFirstWithHostNet\", \"Default\", \"None\"",
                "{dnsPolicy: None}|spec.dnsConfig: Required value: must provide `dnsConfig` when"
                        + " `dnsPolicy` is None",
                "{dnsPolicy: None, dnsConfig: {}}|spec.dnsConfig.nameservers: Required value: must"
                        + " provide at least one DNS nameserver when `dnsPolicy` is None",
                "{dnsConfig: {nameservers: [a]}}|spec.dnsConfig.nameservers[0]: Invalid value:"
                        + " \"a\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "{dnsConfig: {nameservers: [\"::1\", \"::2\", \"::3\","
                    + " \"::4\"]}}|spec.dnsConfig.nameservers: Invalid value:"
                    + " [\"::1\",\"::2\",\"::3\",\"::4\"]: must not have more than 3 nameservers",
                "{dnsConfig: {searches: [a_b]}}|spec.dnsConfig.searches[0]: Invalid value: \"a_b\":"
                        + " a lowercase RFC 1123 subdomain must consist",
            })
    void refusesWithKubernetesWords(String spec, String error) {
        assertThat(errors(Optional.empty(), read(spec))).startsWith(error).doesNotContain(" & ");
    }

    @Test
    void staysWhereAndWhatItIs() {
        Pod old = accepted(Optional.empty(), read("{nodeName: n1, hostname: h}"));

        Pod kept = accepted(Optional.of(old), read("{hostname: h}"));

        assertThat(kept).isEqualTo(old);
        assertThat(errors(Optional.of(old), read("{nodeName: n2, hostname: i, hostNetwork: true}")))
                .isEqualTo(
                        "spec.nodeName: Invalid value: \"n2\": field is immutable &"
                                + " spec.hostNetwork: Invalid value: true: field is immutable &"
                                + " spec.hostname: Invalid value: \"i\": field is immutable");
    }

    @Test
    void hasOneAddressForEachFamily() {
        Pod pod = read("{}").toBuilder().setStatus(addresses("10.244.0.5", "fd00::5")).build();
        Pod twice = read("{}").toBuilder().setStatus(addresses("10.244.0.5", "10.244.0.6")).build();

        assertThat(accepted(Optional.empty(), pod).getStatus().getPodIp()).isEqualTo("10.244.0.5");
        assertThat(errors(Optional.empty(), twice))
                .isEqualTo(
                        "status.podIPs[1]: Invalid value: \"10.244.0.6\": may specify no more than"
                                + " one IP for each IP family");
    }

    private static PodStatus addresses(String... addresses) {
        PodStatus.Builder status = PodStatus.newBuilder();
        for (String address : addresses) {
            status.addPodIps(PodIp.newBuilder().setIp(address));
        }
        return status.build();
    }

    private static Pod accepted(Optional<Pod> old, Pod pod) {
        return switch (PodAdmission.admit(old, pod, NamespaceState.ACTIVE)) {
            case Judgement.Accepted<Pod>(var accepted) -> accepted;
            case Judgement.Refused<Pod>(var failure) -> throw new AssertionError(failure);
        };
    }

    private static String errors(Optional<Pod> old, Pod pod) {
        return switch (PodAdmission.admit(old, pod, NamespaceState.ACTIVE)) {
            case Judgement.Accepted<Pod> accepted -> "accepted";
            case Judgement.Refused<Pod>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    private static Pod read(String spec) {
        var parsed =
                Manifests.parse(
                        "test",
                        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: default},"
                                + " spec: "
                                + spec
                                + "}");
        assertThat(parsed.problems()).isEmpty();
        return (Pod) parsed.manifests().getFirst().object();
    }
}
