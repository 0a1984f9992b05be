package dev.weir.agent;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.util.List;
import java.util.Map;

/**
 * What this node knows of one of its pods without asking anybody.
 *
 * @param addresses one per family, IPv4 first
 * @param labels given by the runtime; used when nobody has registered the Pod
 * @param ready what the readiness probe says, true without a probe
 */
record LocalState(Key pod, List<IpAddress> addresses, Map<String, String> labels, boolean ready) {
    LocalState {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }
}
