package dev.weir.agent.l2;

import dev.weir.model.IpAddress;
import java.util.Set;

/**
 * Of a node that sends heartbeats.
 *
 * @param claims from when on it may own addresses
 * @param beat when the next heartbeat is due
 * @param said what the last one said that it owns
 */
record Voice(long claims, long beat, Set<IpAddress> said) {

    static Voice from(long now, Timing timing) {
        return new Voice(now + timing.settle(), now, Set.of());
    }

    /** At the interval, and at once when it is not true any more what the last one said. */
    boolean isDue(long now, Set<IpAddress> owned) {
        return now >= beat || !owned.equals(said);
    }
}
