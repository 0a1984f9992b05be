package dev.weir.agent.l2;

import java.time.Duration;
import java.util.List;

/**
 * How long is what; milliseconds where the state counts in them. All nodes of a link have to agree
 * on {@link #HEARTBEAT_MILLIS} and {@link #SILENCE_MILLIS}.
 */
final class Timing {
    /** How often a node says that it is there. */
    static final long HEARTBEAT_MILLIS = 400;

    /**
     * Who says nothing for so long is gone: two heartbeats may be lost. With a tick on top it is
     * what a node's death costs, at most, and so below 2 s.
     */
    static final long SILENCE_MILLIS = 1_400;

    /**
     * What a node listens before it sends its first heartbeat: each that lives has sent one by
     * then. Far enough below the silence that an agent which is back within half a second is missed
     * by nobody.
     */
    static final long LISTEN_MILLIS = 500;

    /**
     * Between a node's first heartbeat and its first claims: so that of many that start at once
     * each has heard the others.
     */
    static final long SETTLE_MILLIS = 200;

    /**
     * A new owner says so at once and again after each of these: a frame may be lost, and a switch
     * or host may be slow to come up.
     */
    static final List<Long> CLAIM_GAPS_MILLIS = List.of(100L, 100L, 1_000L);

    /** How often the state is looked at when nothing happens. */
    static final Duration TICK = Duration.ofMillis(100);

    /** How often a link that failed is tried again. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** How often it is checked that the node's address is still on the link, with the same MAC. */
    static final Duration LINK_CHECK = Duration.ofSeconds(5);

    private Timing() {}
}
