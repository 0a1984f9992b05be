package dev.weir.policy.compile;

import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.LabelSelectorRequirement;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyEgressRule;
import dev.weir.policy.v1.NetworkPolicyIngressRule;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import dev.weir.policy.v1.NetworkPolicySpec;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.Arrays;
import java.util.List;

/** Writes policies down about as short as their YAML. */
final class Policies {
    static final LabelSelector ALL = LabelSelector.getDefaultInstance();

    private Policies() {}

    static NetworkPolicy policy(
            String namespace, String name, LabelSelector subjects, String types, Part... parts) {
        NetworkPolicySpec.Builder spec = NetworkPolicySpec.newBuilder().setPodSelector(subjects);
        Arrays.stream(types.split(","))
                .filter(type -> !type.isEmpty())
                .forEach(spec::addPolicyTypes);
        for (Part part : parts) {
            if (part.ingress) {
                spec.addIngress(
                        NetworkPolicyIngressRule.newBuilder()
                                .addAllFrom(part.peers)
                                .addAllPorts(part.ports));
            } else {
                spec.addEgress(
                        NetworkPolicyEgressRule.newBuilder()
                                .addAllTo(part.peers)
                                .addAllPorts(part.ports));
            }
        }
        return NetworkPolicy.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace(namespace).setName(name))
                .setSpec(spec)
                .build();
    }

    /** A rule of a direction. */
    record Part(boolean ingress, List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {}

    static Part ingress(List<NetworkPolicyPeer> from, NetworkPolicyPort... ports) {
        return new Part(true, from, List.of(ports));
    }

    static Part egress(List<NetworkPolicyPeer> to, NetworkPolicyPort... ports) {
        return new Part(false, to, List.of(ports));
    }

    static LabelSelector labels(String key, String value) {
        return LabelSelector.newBuilder().putMatchLabels(key, value).build();
    }

    static LabelSelector where(String key, String operator, String... values) {
        return LabelSelector.newBuilder()
                .addMatchExpressions(
                        LabelSelectorRequirement.newBuilder()
                                .setKey(key)
                                .setOperator(operator)
                                .addAllValues(List.of(values)))
                .build();
    }

    static NetworkPolicyPeer pods(LabelSelector selector) {
        return NetworkPolicyPeer.newBuilder().setPodSelector(selector).build();
    }

    static NetworkPolicyPeer namespaces(LabelSelector selector) {
        return NetworkPolicyPeer.newBuilder().setNamespaceSelector(selector).build();
    }

    static NetworkPolicyPeer both(LabelSelector namespaces, LabelSelector pods) {
        return NetworkPolicyPeer.newBuilder()
                .setNamespaceSelector(namespaces)
                .setPodSelector(pods)
                .build();
    }

    static NetworkPolicyPeer block(String cidr, String... except) {
        return NetworkPolicyPeer.newBuilder()
                .setIpBlock(PolicyIpBlock.newBuilder().setCidr(cidr).addAllExcept(List.of(except)))
                .build();
    }

    static NetworkPolicyPort port(String protocol, int number) {
        return NetworkPolicyPort.newBuilder()
                .setProtocol(protocol)
                .setPort(IntOrString.newBuilder().setIntVal(number))
                .build();
    }

    static NetworkPolicyPort port(String protocol, String name) {
        return NetworkPolicyPort.newBuilder()
                .setProtocol(protocol)
                .setPort(IntOrString.newBuilder().setStrVal(name))
                .build();
    }

    static NetworkPolicyPort range(String protocol, int first, int last) {
        return port(protocol, first).toBuilder().setEndPort(last).build();
    }

    static NetworkPolicyPort every(String protocol) {
        return NetworkPolicyPort.newBuilder().setProtocol(protocol).build();
    }
}
