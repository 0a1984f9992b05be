package dev.weir.agent.l2;

/**
 * Of a node that sends heartbeats.
 *
 * @param claims from when on it may own addresses
 * @param beat when the next heartbeat is due
 */
record Voice(long claims, long beat) {

    static Voice from(long now, Timing timing) {
        return new Voice(now + timing.settle(), now);
    }
}
