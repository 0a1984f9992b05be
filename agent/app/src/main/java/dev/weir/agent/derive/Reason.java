package dev.weir.agent.derive;

/** Why an endpoint serves a frontend, or why not. */
enum Reason {
    READY,
    /** Nobody is ready, so those that terminate serve on. */
    LAST_RESORT,
    NOT_READY,
    /** Others are ready, or it serves no more. */
    TERMINATING,
    OTHER_FAMILY,
    /** The policy Local leaves it out. */
    ON_ANOTHER_NODE,
    MEANT_FOR_OTHER_NODES,
    MEANT_FOR_OTHER_ZONES,
    /** The node's own name server gets its share by a lease. */
    LEASED,
    /** Another slice, or the same one, has the address and port already. */
    REPEATED;

    boolean used() {
        return this == READY || this == LAST_RESORT;
    }
}
