package dev.weir.agent.l2;

import dev.weir.agent.spi.Heartbeats;
import java.time.Duration;
import java.util.List;

/**
 * How long is what; milliseconds where the state counts in them. All follows from the heartbeats,
 * on which all nodes of a link have to agree.
 *
 * @param heartbeat how often a node says that it is there
 * @param silence who says nothing for so long is gone; with a tick on top it is what a node's death
 *     costs, at most
 */
record Timing(long heartbeat, long silence) {
    /**
     * A new owner says so at once and again after each of these: a frame may be lost, and a switch
     * or host may be slow to come up.
     */
    static final List<Long> CLAIM_GAPS_MILLIS = List.of(100L, 100L, 1_000L);

    /** How often a link that failed is tried again. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** How often it is checked that the node's address is still on the link, with the same MAC. */
    static final Duration LINK_CHECK = Duration.ofSeconds(5);

    static final Timing DEFAULT = of(Heartbeats.DEFAULT);

    private static final long LONGEST_TICK_MILLIS = 100;

    static Timing of(Heartbeats heartbeats) {
        return new Timing(heartbeats.every().toMillis(), heartbeats.silence().toMillis());
    }

    /** How often the state is looked at when nothing happens. */
    long tick() {
        return Math.min(heartbeat / 4, LONGEST_TICK_MILLIS);
    }

    /**
     * What a node listens before it sends its first heartbeat: each that lives has sent one by
     * then.
     */
    long listen() {
        return heartbeat + tick();
    }

    /**
     * How long it may take, milliseconds, until what is wanted is announced by who owns it. Much
     * more than the settling of the cluster's first address, for a machine that is busy.
     */
    long announced() {
        return 10 * tick();
    }

    /**
     * Between a node's first heartbeat and its first claims: so that of many that start at once
     * each has heard the others.
     */
    long settle() {
        return 2 * tick();
    }
}
