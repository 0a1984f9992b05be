package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.Limits;

/**
 * How much the proxy takes.
 *
 * @param connections of clients, together; who comes then is turned away at once
 * @param message how large a request or a response may be
 * @param idleBackends unused connections kept per endpoint and event loop
 * @param attempts how often an endpoint is tried for one request, at least once
 * @param waterHigh bytes waiting for a connection above which its source is not read
 * @param waterLow bytes waiting below which it is read again
 */
public record Capacity(
        int connections,
        Limits message,
        int idleBackends,
        int attempts,
        int waterHigh,
        int waterLow) {
    public static final Capacity DEFAULT =
            new Capacity(20_000, Limits.DEFAULT, 256, 3, 256 << 10, 64 << 10);

    /** Throws IllegalArgumentException that says what is out of its range. */
    public Capacity {
        require(connections > 0, "connections has to be above 0");
        require(idleBackends >= 0, "idleBackends must not be negative");
        require(attempts > 0, "attempts has to be above 0");
        require(waterLow > 0 && waterLow < waterHigh, "waterLow: 1 to below waterHigh");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
