package dev.weir.log;

import java.time.Duration;

/**
 * The bounds of one shard.
 *
 * @param instance names this process to others that meet it at the log
 * @param queue writes that may wait; one more is told to try again
 * @param group writes that are made durable together, at most
 * @param history changes that are kept in memory for readers to resume from
 * @param maxWait how long a reader may wait in one call, at most
 * @param closeWait how long a close waits for the writes that were taken
 */
public record ShardConfig(
        String instance, int queue, int group, int history, Duration maxWait, Duration closeWait) {
    public static final int QUEUE = 10_000;
    public static final int GROUP = 1_000;
    public static final int HISTORY = 100_000;
    public static final Duration MAX_WAIT = Duration.ofMinutes(1);
    public static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    public ShardConfig {
        if (queue < 1 || group < 1 || history < 1) {
            throw new IllegalArgumentException("bounds of a shard are at least 1");
        }
    }

    /** The bounds above. */
    public static ShardConfig of(String instance) {
        return new ShardConfig(instance, QUEUE, GROUP, HISTORY, MAX_WAIT, CLOSE_WAIT);
    }
}
