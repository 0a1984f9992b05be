package dev.weir.dns.forward;

import java.time.Duration;

/**
 * Bounds on asking others.
 *
 * @param perTry how long one upstream has; then the next is asked
 * @param overall after this the asker gets SERVFAIL; below the 5 s that resolvers wait by default
 * @param maxInFlight questions under way at once; more get SERVFAIL at once
 */
public record ForwarderConfig(Duration perTry, Duration overall, int maxInFlight) {
    public static final ForwarderConfig DEFAULT =
            new ForwarderConfig(Duration.ofSeconds(1), Duration.ofSeconds(4), 1000);

    public ForwarderConfig {
        if (perTry.toMillis() < 1 || overall.compareTo(perTry) < 0 || maxInFlight < 1) {
            throw new IllegalArgumentException(
                    "need 1 ms <= perTry <= overall and maxInFlight >= 1: "
                            + perTry
                            + ", "
                            + overall
                            + ", "
                            + maxInFlight);
        }
    }
}
