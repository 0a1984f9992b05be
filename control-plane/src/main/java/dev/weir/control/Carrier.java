package dev.weir.control;

import dev.weir.changes.Frontier;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.Shards;
import dev.weir.node.v1.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who programs what is written: a registered node, or a proxy, which is a pod on one.
 *
 * @param node the node's name
 * @param proxy {@code NAMESPACE/NAME} of the proxy's pod; empty for a node
 */
record Carrier(
        String node,
        Optional<String> proxy,
        boolean reachable,
        Frontier programmed,
        List<Problem> problems) {
    private static final Set<String> OF_NODES =
            Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.POLICY);
    private static final Set<String> OF_PROXIES =
            Set.of(Shards.CONTROL, Shards.ENDPOINT, Shards.SECRET);

    private static final Pattern PROXY = Pattern.compile("[^/]+/[^/]+");

    Carrier {
        problems = List.copyOf(problems);
    }

    /**
     * Throws BAD_REQUEST for the name of a proxy that is not of a pod; it could be taken for the
     * name of a node. Empty, who asks is a node.
     */
    static void checkProxy(String proxy) {
        if (!proxy.isEmpty() && !PROXY.matcher(proxy).matches()) {
            throw Failure.of(
                            Reason.BAD_REQUEST,
                            "proxy: the NAMESPACE/NAME of a pod is needed, not \"" + proxy + "\"")
                    .asException();
        }
    }

    String name() {
        return proxy.orElse(node);
    }

    /** The shards that it follows. */
    Set<String> follows() {
        return proxy.isPresent() ? OF_PROXIES : OF_NODES;
    }

    /** Whether it carries all that concerns it of the frontier. */
    boolean carries(Frontier target) {
        return programmed.includes(target.restrictedTo(follows()));
    }
}
