package dev.weir.agent.derive;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.util.List;
import java.util.Map;

/**
 * A pod that is plugged into this node.
 *
 * @param addresses one per family
 * @param labels as the runtime gave them, or none. They go into the Pod that is registered; filters
 *     are made from that Pod, never from these.
 */
public record Attachment(Key pod, List<IpAddress> addresses, Map<String, String> labels) {
    public Attachment {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }
}
