package dev.weir.agent.cni.ipam;

import dev.weir.agent.cni.ipam.JournalEntry.Released;
import java.util.List;

/**
 * What the control plane knows about this node's addresses, as far as the agent has heard. Safe for
 * many threads.
 */
public interface BlockSource {
    /**
     * The blocks of this node, in the order of use; from the last snapshot when the control plane
     * is away.
     */
    List<Block> blocks();

    /** Asks for one more block and returns at once; called again as long as addresses are short. */
    void needBlock();

    /** Whether the nodes still send traffic to a released address. */
    Acknowledgement acknowledgement(Released released);

    /** Who knows that a pod is gone. */
    enum Acknowledgement {
        /** All reachable nodes have programmed the delete. */
        EVERYWHERE,
        /** Some reachable node has not. */
        PENDING,
        /** No control plane to say, or nothing known of this release. */
        UNKNOWN
    }
}
