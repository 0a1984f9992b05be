package dev.weir.policy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Manifests;
import dev.weir.model.NamespaceState;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicySpec;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkPolicyAdmissionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{podSelector: {}}|Ingress",
                "{}|Ingress",
                "{podSelector: {}, egress: []}|Ingress",
                "{podSelector: {}, ingress: [{}]}|Ingress",
                "{podSelector: {}, egress: [{}]}|Ingress,Egress",
                "{podSelector: {}, policyTypes: [Egress], ingress: [{}]}|Egress",
                "{podSelector: {}, policyTypes: [Ingress], egress: [{}]}|Ingress",
                "{podSelector: {}, policyTypes: [Ingress, Ingress]}|Ingress,Ingress",
            })
    void decidesWhatItIsolates(String spec, String types) {
        assertThat(String.join(",", accepted(spec).getSpec().getPolicyTypesList()))
                .isEqualTo(types);
    }

    @Test
    void completesProtocolsAndNothingElse() {
        NetworkPolicy policy =
                accepted(
                        "{ingress: [{ports: [{port: 80}, {}]}], egress: [{ports: [{protocol:"
                                + " UDP}]}]}");

        assertThat(policy.getSpec().getIngress(0).getPorts(0).getProtocol()).isEqualTo("TCP");
        assertThat(policy.getSpec().getIngress(0).getPorts(1).getProtocol()).isEqualTo("TCP");
        assertThat(policy.getSpec().getIngress(0).getPorts(1).hasPort()).isFalse();
        assertThat(policy.getSpec().getEgress(0).getPorts(0).getProtocol()).isEqualTo("UDP");
        assertThat(policy.getSpec().hasPodSelector()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}|must specify a peer",
                "{podSelector: {}}|accepted",
                "{namespaceSelector: {}}|accepted",
                "{podSelector: {}, namespaceSelector: {}}|accepted",
                "{ipBlock: {cidr: 10.0.0.0/8}}|accepted",
                "{ipBlock: {cidr: \"fd00::/8\", except: [\"fd00::/16\"]}}|accepted",
                "{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}|may not specify both ipBlock and"
                        + " another peer",
                "{ipBlock: {cidr: 10.0.0.0/8}, namespaceSelector: {}}|may not specify both ipBlock"
                        + " and another peer",
            })
    void tellsPeersApart(String peer, String outcome) {
        assertThat(errors("{ingress: [{from: [" + peer + "]}]}")).contains(outcome);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ingress: [{ports: [{protocol: ICMP}]}]}|spec.ingress[0].ports[0].protocol:"
                    + " Unsupported value: \"ICMP\": supported values: \"TCP\", \"UDP\", \"SCTP\"",
                "{ingress: [{ports: [{port: 0}]}]}|spec.ingress[0].ports[0].port: Invalid value: 0:"
                        + " must be between 1 and 65535, inclusive",
                "{ingress: [{ports: [{port: HTTP}]}]}|spec.ingress[0].ports[0].port: Invalid value:"
                    + " \"HTTP\": must contain only alpha-numeric characters (a-z, 0-9), and"
                    + " hyphens (-) & spec.ingress[0].ports[0].port: Invalid value: \"HTTP\": must"
                    + " contain at least one letter (a-z)",
                "{ingress: [{ports: [{port: a--b}]}]}|spec.ingress[0].ports[0].port: Invalid value:"
                        + " \"a--b\": must not contain consecutive hyphens",
                "{ingress: [{ports: [{port: -a}]}]}|spec.ingress[0].ports[0].port: Invalid value:"
                        + " \"-a\": must not begin or end with a hyphen",
                "{ingress: [{ports: [{port: 80, endPort: 79}]}]}|spec.ingress[0].ports[0].endPort:"
                        + " Invalid value: 79: must be greater than or equal to `port`",
                "{ingress: [{ports: [{port: 80, endPort:"
                    + " 65536}]}]}|spec.ingress[0].ports[0].endPort: Invalid value: 65536: must be"
                    + " between 1 and 65535, inclusive",
                "{egress: [{ports: [{port: http, endPort: 81}]}]}|spec.egress[0].ports[0].endPort:"
                        + " Invalid value: 81: may not be specified when `port` is non-numeric",
                "{egress: [{ports: [{endPort: 81}]}]}|spec.egress[0].ports[0].endPort: Invalid"
                        + " value: 81: may not be specified when `port` is not specified",
                "{ingress: [{from: [{}]}]}|spec.ingress[0].from[0]: Required value: must specify a"
                        + " peer",
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector:"
                    + " {}}]}]}|spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and"
                    + " another peer",
                "{egress: [{to: [{ipBlock: {}}]}]}|spec.egress[0].to[0].ipBlock.cidr: Required"
                        + " value",
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0}}]}]}|spec.egress[0].to[0].ipBlock.cidr:"
                    + " Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24"
                    + " or 2001:db8::/64)",
                "{egress: [{to: [{ipBlock: {cidr:"
                        + " 10.0.0.1/8}}]}]}|spec.egress[0].to[0].ipBlock.cidr: Invalid value:"
                        + " \"10.0.0.1/8\": must not have bits set beyond the prefix length",
                "{egress: [{to: [{ipBlock: {cidr:"
                        + " 10.0.0.0/08}}]}]}|spec.egress[0].to[0].ipBlock.cidr: Invalid value:"
                        + " \"10.0.0.0/08\": must not have leading 0s in IP or prefix length",
                "{egress: [{to: [{ipBlock: {cidr:"
                    + " \"::ffff:10.0.0.0/104\"}}]}]}|spec.egress[0].to[0].ipBlock.cidr: Invalid"
                    + " value: \"::ffff:10.0.0.0/104\": must not have an IPv4-mapped IPv6 address",
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except:"
                    + " [10.0.0.0/8]}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value:"
                    + " \"10.0.0.0/8\": must be a strict subset of `cidr`",
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except:"
                    + " [11.0.0.0/16]}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid value:"
                    + " \"11.0.0.0/16\": must be a strict subset of `cidr`",
                "{egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except:"
                        + " [\"fd00::/16\"]}}]}]}|spec.egress[0].to[0].ipBlock.except[0]: Invalid"
                        + " value: \"fd00::/16\": must be a strict subset of `cidr`",
                "{policyTypes: [Ingress, Egress, Ingress]}|spec.policyTypes: Invalid value:"
                        + " [\"Ingress\",\"Egress\",\"Ingress\"]: may not specify more than two"
                        + " policyTypes",
                "{policyTypes: [Both]}|spec.policyTypes[0]: Unsupported value: \"Both\": supported"
                        + " values: \"Ingress\", \"Egress\"",
                "{podSelector: {matchExpressions: [{key: a, operator:"
                    + " In}]}}|spec.podSelector.matchExpressions[0].values: Required value: must be"
                    + " specified when `operator` is 'In' or 'NotIn'",
                "{podSelector: {matchExpressions: [{key: a, operator: Exists, values:"
                    + " [b]}]}}|spec.podSelector.matchExpressions[0].values: Forbidden: may not be"
                    + " specified when `operator` is 'Exists' or 'DoesNotExist'",
                "{podSelector: {matchExpressions: [{key: a, operator:"
                        + " Near}]}}|spec.podSelector.matchExpressions[0].operator: Invalid value:"
                        + " \"Near\": not a valid selector operator",
                "{podSelector: {matchLabels: {\"a/b/c\": x}}}|spec.podSelector.matchLabels: Invalid"
                    + " value: \"a/b/c\": a qualified name must consist of alphanumeric characters,"
                    + " '-', '_' or '.', and must start and end with an alphanumeric character"
                    + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                    + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain"
                    + " prefix and '/' (e.g. 'example.com/MyName')",
            })
    void refusesWithKubernetesWords(String spec, String errors) {
        assertThat(errors(spec)).isEqualTo(errors);
    }

    @Test
    void letsAnUpdateKeepARangeThatWasThere() {
        NetworkPolicy old = read("{}").toBuilder().setSpec(block("10.0.0.1/8")).build();

        Judgement<NetworkPolicy> kept =
                NetworkPolicyAdmission.admit(Optional.of(old), old, NamespaceState.ACTIVE);
        Judgement<NetworkPolicy> changed =
                NetworkPolicyAdmission.admit(
                        Optional.of(old),
                        old.toBuilder().setSpec(block("10.0.0.2/8")).build(),
                        NamespaceState.ACTIVE);

        assertThat(kept).isInstanceOf(Judgement.Accepted.class);
        assertThat(changed).isInstanceOf(Judgement.Refused.class);
    }

    private static NetworkPolicySpec block(String cidr) {
        NetworkPolicySpec.Builder spec = NetworkPolicySpec.newBuilder();
        spec.addIngressBuilder()
                .addFrom(
                        NetworkPolicyPeer.newBuilder()
                                .setIpBlock(PolicyIpBlock.newBuilder().setCidr(cidr)));
        return spec.build();
    }

    private static NetworkPolicy accepted(String spec) {
        return switch (NetworkPolicyAdmission.admit(
                Optional.empty(), read(spec), NamespaceState.ACTIVE)) {
            case Judgement.Accepted<NetworkPolicy>(var policy) -> policy;
            case Judgement.Refused<NetworkPolicy>(var failure) -> throw new AssertionError(failure);
        };
    }

    private static String errors(String spec) {
        return switch (NetworkPolicyAdmission.admit(
                Optional.empty(), read(spec), NamespaceState.ACTIVE)) {
            case Judgement.Accepted<NetworkPolicy> accepted -> "accepted";
            case Judgement.Refused<NetworkPolicy>(var failure) ->
                    String.join(
                            " & ", failure.fields().stream().map(FieldError::toString).toList());
        };
    }

    private static NetworkPolicy read(String spec) {
        var parsed =
                Manifests.parse(
                        "test",
                        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name:"
                                + " p, namespace: default}, spec: "
                                + spec
                                + "}");
        assertThat(parsed.problems()).isEmpty();
        return (NetworkPolicy) parsed.manifests().getFirst().object();
    }
}
