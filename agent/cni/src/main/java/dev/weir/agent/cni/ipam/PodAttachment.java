package dev.weir.agent.cni.ipam;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One interface of a pod and its addresses, as journaled.
 *
 * @param uid what the runtime calls the pod; may be empty
 * @param addresses one per family, IPv4 first
 * @param netns path of the pod's network namespace; empty for a reserved address
 * @param hostInterface name of the node's end of the link; empty for a reserved address
 * @param mac of the pod's end, as {@code 02:00:...}; empty for a reserved address
 * @param bootId the boot of the machine in which the namespace exists
 * @param since when the addresses were given
 */
public record PodAttachment(
        AttachmentKey key,
        Key pod,
        String uid,
        Map<String, String> labels,
        List<IpAddress> addresses,
        String netns,
        String hostInterface,
        String mac,
        String bootId,
        Instant since) {

    public PodAttachment {
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
    }

    PodAttachment with(List<IpAddress> given, Instant at) {
        return new PodAttachment(
                key, pod, uid, labels, given, netns, hostInterface, mac, bootId, at);
    }
}
