package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.PodAttachment;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The agent, as told of the pods of its node. Called from many threads; calls for one attachment
 * never overlap.
 */
public interface PodNetwork {
    /**
     * Empty once pods can be added; else why not yet. An ADD waits a while for it, STATUS reports
     * it.
     */
    Optional<String> notReady();

    /**
     * The pod's link is up and its process not yet started. Completes when this node's planes carry
     * the pod; an ADD is answered after that, and undone if it fails or takes over {@link
     * Attachments#PROGRAMMING_LIMIT}. Repeated for an ADD that is repeated.
     */
    CompletionStage<?> podAdded(PodAttachment pod);

    /**
     * The pod is going away: its link is deleted and its addresses cool down when this returns.
     * Returns at once. May be called for a pod that was never added.
     */
    void podRemoved(PodAttachment pod);
}
