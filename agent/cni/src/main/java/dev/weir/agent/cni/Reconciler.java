package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.Ipam;
import dev.weir.agent.cni.ipam.PodAttachment;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings journal and kernel into agreement, whatever calls got lost: links that the journal does
 * not know are deleted, pods without link released. One thread at a time.
 */
final class Reconciler {
    /** A pod of this boot is released when its link was missed so often in a row... */
    static final int MISSES = 3;

    /** ... and it is older than this: its ADD may be under way. */
    static final Duration SETTLED = Duration.ofMinutes(2);

    private static final Logger LOG = System.getLogger(Reconciler.class.getName());

    private final Ipam ipam;
    private final PodLink link;
    private final Attachments attachments;
    private final String bootId;
    private final InstantSource clock;

    /** How often in a row the links of these were missed. */
    private final Map<AttachmentKey, Integer> missed = new HashMap<>();

    /**
     * @param bootId of the running kernel: the links of another boot are gone for good
     */
    Reconciler(
            Ipam ipam, PodLink link, Attachments attachments, String bootId, InstantSource clock) {
        this.ipam = ipam;
        this.link = link;
        this.attachments = attachments;
        this.bootId = bootId;
        this.clock = clock;
    }

    /**
     * Looks at the kernel first: an ADD journals before it makes the link, so every link seen has
     * been journaled.
     */
    void reconcile() throws CniException, IOException, InterruptedException {
        Set<AttachmentKey> present = link.present();
        for (AttachmentKey key : present) {
            if (ipam.find(key).isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "deleting the link of {0}, which the journal does not know",
                        key);
                attachments.detachIf(key, () -> ipam.find(key).isEmpty());
            }
        }
        for (PodAttachment pod : ipam.held()) {
            if (pod.key().isReserved() || present.contains(pod.key())) {
                missed.remove(pod.key());
            } else if (isOver(pod, missed.merge(pod.key(), 1, Integer::sum))) {
                LOG.log(
                        Level.WARNING,
                        "releasing {0} of {1}: it has no link",
                        pod.addresses(),
                        pod.key());
                attachments.detachIf(
                        pod.key(), () -> ipam.find(pod.key()).equals(Optional.of(pod)));
            }
        }
        missed.keySet().removeIf(key -> ipam.find(key).isEmpty());
        ipam.replenish();
    }

    private boolean isOver(PodAttachment pod, int misses) {
        boolean settled = pod.since().plus(SETTLED).isBefore(clock.instant());
        return !pod.bootId().equals(bootId) || (misses >= MISSES && settled);
    }
}
