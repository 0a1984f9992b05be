package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.PodAttachment;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Connects pods to the node. Safe for many threads, as long as calls for one attachment do not
 * overlap.
 */
interface PodLink {
    /**
     * The next hop of every pod, for IPv4; no pod and no node has it elsewhere (RFC 3927 range).
     */
    String GATEWAY_V4 = "169.254.1.1";

    /** The next hop of every pod, for IPv6. */
    String GATEWAY_V6 = "fe80::1";

    /** Makes the node forward. */
    void prepareNode() throws IOException, InterruptedException;

    /** The MTU of both ends of new links, in bytes. */
    int mtu() throws IOException, InterruptedException;

    /**
     * Makes the link; traffic passes when this returns. What is left of the same attachment is
     * replaced.
     *
     * @throws CniException also if the namespace cannot be entered, or has an interface of that
     *     name already
     */
    void attach(PodAttachment pod) throws CniException, IOException, InterruptedException;

    /** Deletes the attachment's link, if there is one. */
    void detach(AttachmentKey key) throws IOException, InterruptedException;

    /** What is not as {@link #attach} made it. */
    Optional<String> fault(PodAttachment pod) throws IOException, InterruptedException;

    /** The attachments that have a link. */
    Set<AttachmentKey> present() throws IOException, InterruptedException;
}
