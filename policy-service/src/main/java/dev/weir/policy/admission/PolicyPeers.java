package dev.weir.policy.admission;

import dev.weir.model.Cidr;
import dev.weir.model.LabelSelectors;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Networks;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.Optional;
import java.util.Set;

/** The peers of a rule: selectors, of which an empty one counts as set, or a range. */
final class PolicyPeers {
    private PolicyPeers() {}

    static void check(
            String path, NetworkPolicyPeer peer, Set<String> accepted, FieldErrors errors) {
        if (peer.hasPodSelector()) {
            LabelSelectors.check(path + ".podSelector", peer.getPodSelector(), errors);
        }
        if (peer.hasNamespaceSelector()) {
            LabelSelectors.check(path + ".namespaceSelector", peer.getNamespaceSelector(), errors);
        }
        if (peer.hasIpBlock()) {
            block(path + ".ipBlock", peer.getIpBlock(), accepted, errors);
        }
        boolean selects = peer.hasPodSelector() || peer.hasNamespaceSelector();
        if (!selects && !peer.hasIpBlock()) {
            errors.required(path, "must specify a peer");
        } else if (selects && peer.hasIpBlock()) {
            errors.forbidden(path, "may not specify both ipBlock and another peer");
        }
    }

    private static void block(
            String path, PolicyIpBlock block, Set<String> accepted, FieldErrors errors) {
        if (block.getCidr().isEmpty()) {
            errors.required(path + ".cidr", "");
            return;
        }
        Optional<Cidr> whole = Networks.cidr(path + ".cidr", block.getCidr(), accepted, errors);
        for (int i = 0; i < block.getExceptCount(); i++) {
            String exceptPath = path + ".except[" + i + "]";
            String text = block.getExcept(i);
            Optional<Cidr> except = Networks.cidr(exceptPath, text, accepted, errors);
            if (whole.isPresent()
                    && except.isPresent()
                    && (!whole.get().contains(except.get()) || whole.equals(except))) {
                errors.invalid(exceptPath, text, "must be a strict subset of `cidr`");
            }
        }
    }
}
