package dev.weir.agent.spi;

import java.time.Duration;

/**
 * How the nodes that announce addresses of load balancers on a link know that each other lives. All
 * nodes of a link have to agree on both.
 *
 * @param every how often a node says that it is there; 100 ms to 10 s
 * @param silence who says nothing for so long is gone: what a node's death costs, at most a quarter
 *     of a heartbeat more; two heartbeats to 60 s
 */
public record Heartbeats(Duration every, Duration silence) {
    public static final Duration SHORTEST = Duration.ofMillis(100);
    public static final Duration LONGEST = Duration.ofSeconds(10);
    public static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    /** Two may be lost, and another node takes over within 2 s. */
    public static final Heartbeats DEFAULT =
            new Heartbeats(Duration.ofMillis(400), Duration.ofMillis(1_400));

    /** Throws IllegalArgumentException that says what is out of its range. */
    public Heartbeats {
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a heartbeat every "
                            + every
                            + " is not in the range of "
                            + SHORTEST
                            + " to "
                            + LONGEST);
        }
        Duration least = every.multipliedBy(2);
        if (silence.compareTo(least) < 0 || silence.compareTo(LONGEST_SILENCE) > 0) {
            throw new IllegalArgumentException(
                    "a silence of "
                            + silence
                            + " is not in the range of two heartbeats, "
                            + least
                            + ", to "
                            + LONGEST_SILENCE);
        }
    }
}
