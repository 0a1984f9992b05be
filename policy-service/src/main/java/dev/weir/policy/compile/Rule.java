package dev.weir.policy.compile;

import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import java.util.List;

/**
 * One rule of a policy, without regard to its direction.
 *
 * @param peers any of them; none means everybody
 * @param ports any of them; none means all, of every protocol
 */
record Rule(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {

    /**
     * The rules of a direction; none where the policy does not isolate its pods, since rules are
     * inert there.
     */
    static List<Rule> of(NetworkPolicy policy, Direction direction) {
        if (!direction.isIsolatedBy(policy)) {
            return List.of();
        }
        return switch (direction) {
            case INGRESS ->
                    policy.getSpec().getIngressList().stream()
                            .map(rule -> new Rule(rule.getFromList(), rule.getPortsList()))
                            .toList();
            case EGRESS ->
                    policy.getSpec().getEgressList().stream()
                            .map(rule -> new Rule(rule.getToList(), rule.getPortsList()))
                            .toList();
        };
    }

    boolean namesPorts() {
        return ports.stream().anyMatch(port -> port.getPort().hasStrVal());
    }
}
