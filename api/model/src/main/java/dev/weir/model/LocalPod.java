package dev.weir.model;

import java.util.List;

/**
 * A pod of this node as its planes see it.
 *
 * @param addresses one per family
 */
public record LocalPod(Key pod, List<IpAddress> addresses, Filter ingress, Filter egress) {
    public LocalPod {
        addresses = List.copyOf(addresses);
    }
}
