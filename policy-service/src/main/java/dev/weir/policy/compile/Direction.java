package dev.weir.policy.compile;

import dev.weir.policy.v1.NetworkPolicy;

/** The way of a connection, seen from the pod that a policy selects. */
public enum Direction {
    INGRESS("Ingress"),
    EGRESS("Egress");

    private final String word;

    Direction(String word) {
        this.word = word;
    }

    /** As in a policy's policyTypes. */
    public String word() {
        return word;
    }

    /**
     * Whether a policy isolates its pods this way. Without policyTypes: ingress always, egress if
     * it has an egress rule (k8s.io/api/networking/v1, NetworkPolicySpec.policyTypes).
     */
    public boolean isIsolatedBy(NetworkPolicy policy) {
        if (policy.getSpec().getPolicyTypesCount() > 0) {
            return policy.getSpec().getPolicyTypesList().contains(word);
        }
        return this == INGRESS || policy.getSpec().getEgressCount() > 0;
    }
}
