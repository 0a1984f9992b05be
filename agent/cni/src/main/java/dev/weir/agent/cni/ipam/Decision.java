package dev.weir.agent.cni.ipam;

/** What the allocator says to a request for addresses. */
public sealed interface Decision {
    /** The attachment with its addresses. */
    record Granted(PodAttachment attachment) implements Decision {}

    /** Nothing given. The message is for whoever asked. */
    record Refused(Reason reason, String message) implements Decision {}

    /** Why nothing was given. */
    enum Reason {
        /** No address is free, or none is free yet; one more block helps. */
        EXHAUSTED,
        /**
         * The requested address is in none of the node's blocks, or not all requested are in one
         * slot.
         */
        NOT_OURS,
        /** Somebody has the requested address. */
        IN_USE,
        /** The requested address was given back too recently. */
        COOLING
    }
}
