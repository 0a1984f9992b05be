package dev.weir.policy.compile;

import dev.weir.core.v1.LabelSelector;
import dev.weir.model.LabelSelectors;
import dev.weir.model.ShortHash;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pods that a peer means. Peers that mean the same have one group, whatever policy they are in.
 *
 * @param scope in which namespaces
 * @param pods which of their pods; empty: all
 */
public record GroupSelector(Scope scope, LabelSelector pods) {

    /** Where to look for pods. */
    public sealed interface Scope {}

    /** In the policy's own namespace. */
    public record Within(String namespace) implements Scope {}

    /** In the namespaces with such labels; empty: all. */
    public record Namespaces(LabelSelector selector) implements Scope {}

    static final GroupSelector EVERY_POD =
            new GroupSelector(
                    new Namespaces(LabelSelector.getDefaultInstance()),
                    LabelSelector.getDefaultInstance());

    /** Of a peer that is no ipBlock. A missing podSelector and an empty one mean the same here. */
    static GroupSelector of(String policyNamespace, NetworkPolicyPeer peer) {
        return new GroupSelector(
                peer.hasNamespaceSelector()
                        ? new Namespaces(peer.getNamespaceSelector())
                        : new Within(policyNamespace),
                peer.getPodSelector());
    }

    /**
     * Every group that the policy's rules need. An egress rule to everybody with a port's name
     * needs all pods: the name is looked up at each destination, and outside the cluster there are
     * no names.
     */
    static Set<GroupSelector> of(NetworkPolicy policy) {
        Set<GroupSelector> selectors = new HashSet<>();
        for (Direction direction : Direction.values()) {
            for (Rule rule : Rule.of(policy, direction)) {
                rule.peers().stream()
                        .filter(peer -> !peer.hasIpBlock())
                        .map(peer -> of(policy.getMetadata().getNamespace(), peer))
                        .forEach(selectors::add);
                if (direction == Direction.EGRESS && rule.peers().isEmpty() && rule.namesPorts()) {
                    selectors.add(EVERY_POD);
                }
            }
        }
        return selectors;
    }

    /** Names the group: equal for selectors of one canonical form. [0-9a-z]. */
    public String id() {
        String where =
                switch (scope) {
                    case Within(var namespace) -> "in " + namespace;
                    case Namespaces(var selector) -> "where " + LabelSelectors.canonical(selector);
                };
        return ShortHash.of(where + "\n" + LabelSelectors.canonical(pods));
    }

    /**
     * Whether a pod with these labels is meant.
     *
     * @param namespace the labels of the pod's namespace; while it is not known, only its name
     *     counts
     */
    public boolean selects(
            String namespaceName,
            Optional<Map<String, String>> namespace,
            Map<String, String> pod) {
        boolean inScope =
                switch (scope) {
                    case Within(var only) -> only.equals(namespaceName);
                    case Namespaces(var selector) ->
                            namespace
                                    .filter(labels -> LabelSelectors.matches(selector, labels))
                                    .isPresent();
                };
        return inScope && LabelSelectors.matches(pods, pod);
    }
}
