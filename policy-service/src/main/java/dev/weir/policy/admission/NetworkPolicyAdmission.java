package dev.weir.policy.admission;

import dev.weir.model.Failure;
import dev.weir.model.FieldError;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.model.NamespaceState;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Metadata;
import dev.weir.model.check.Names;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import dev.weir.policy.v1.NetworkPolicySpec;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Network policies, by the rules of networking.k8s.io/v1. */
public final class NetworkPolicyAdmission {
    static final String INGRESS = "Ingress";
    static final String EGRESS = "Egress";

    private NetworkPolicyAdmission() {}

    public static Judgement<NetworkPolicy> admit(
            Optional<NetworkPolicy> old, NetworkPolicy requested, NamespaceState namespace) {
        String name = requested.getMetadata().getName();
        Optional<Failure> refusal =
                namespace.refusal(
                        Kinds.NETWORK_POLICY, requested.getMetadata().getNamespace(), name);
        if (old.isEmpty() && refusal.isPresent()) {
            return new Judgement.Refused<>(refusal.get());
        }
        NetworkPolicy.Builder policy = requested.toBuilder();
        complete(policy.getSpecBuilder());

        FieldErrors errors = new FieldErrors();
        Metadata.check(requested.getMetadata(), true, Names::dns1123Subdomain, errors);
        check(policy.getSpec(), old.map(NetworkPolicyAdmission::ranges).orElse(Set.of()), errors);
        return Judgement.of(Kinds.NETWORK_POLICY, name, policy.build(), errors.list());
    }

    /** Without policyTypes a policy isolates ingress, and egress only when it has a rule for it. */
    private static void complete(NetworkPolicySpec.Builder spec) {
        if (spec.getPolicyTypesCount() == 0) {
            spec.addPolicyTypes(INGRESS);
            if (spec.getEgressCount() > 0) {
                spec.addPolicyTypes(EGRESS);
            }
        }
        Stream.concat(
                        spec.getIngressBuilderList().stream()
                                .flatMap(rule -> rule.getPortsBuilderList().stream()),
                        spec.getEgressBuilderList().stream()
                                .flatMap(rule -> rule.getPortsBuilderList().stream()))
                .filter(port -> !port.hasProtocol())
                .forEach(port -> port.setProtocol("TCP"));
    }

    /** What an update may keep even where today's rules would refuse it. */
    private static Set<String> ranges(NetworkPolicy policy) {
        return Stream.concat(
                        policy.getSpec().getIngressList().stream()
                                .flatMap(rule -> rule.getFromList().stream()),
                        policy.getSpec().getEgressList().stream()
                                .flatMap(rule -> rule.getToList().stream()))
                .map(NetworkPolicyPeer::getIpBlock)
                .flatMap(
                        (PolicyIpBlock block) ->
                                Stream.concat(
                                        Stream.of(block.getCidr()), block.getExceptList().stream()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static void check(NetworkPolicySpec spec, Set<String> accepted, FieldErrors errors) {
        LabelSelectors.check("spec.podSelector", spec.getPodSelector(), errors);
        for (int i = 0; i < spec.getIngressCount(); i++) {
            String path = "spec.ingress[" + i + "]";
            ports(path, spec.getIngress(i).getPortsList(), errors);
            peers(path + ".from", spec.getIngress(i).getFromList(), accepted, errors);
        }
        for (int i = 0; i < spec.getEgressCount(); i++) {
            String path = "spec.egress[" + i + "]";
            ports(path, spec.getEgress(i).getPortsList(), errors);
            peers(path + ".to", spec.getEgress(i).getToList(), accepted, errors);
        }
        List<String> types = spec.getPolicyTypesList();
        if (types.size() > 2) {
            errors.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!types.get(i).equals(INGRESS) && !types.get(i).equals(EGRESS)) {
                errors.add(
                        FieldError.notSupported(
                                "spec.policyTypes[" + i + "]", types.get(i), INGRESS, EGRESS));
            }
        }
    }

    private static void ports(String path, List<NetworkPolicyPort> ports, FieldErrors errors) {
        for (int i = 0; i < ports.size(); i++) {
            PolicyPorts.check(path + ".ports[" + i + "]", ports.get(i), errors);
        }
    }

    private static void peers(
            String path, List<NetworkPolicyPeer> peers, Set<String> accepted, FieldErrors errors) {
        for (int i = 0; i < peers.size(); i++) {
            PolicyPeers.check(path + "[" + i + "]", peers.get(i), accepted, errors);
        }
    }
}
