package dev.weir.model;

/**
 * How a node treats the connections to one frontend.
 *
 * @param silent while there are no endpoints, connections are dropped and not refused: endpoints
 *     there are, but none that this frontend may use
 * @param affinitySeconds a client that comes back within this time after its last connection is
 *     sent to the same endpoint, while that is one of them; 0 for no such promise, at most a day
 */
public record Handling(boolean silent, int affinitySeconds) {
    /** Any endpoint by chance; refused without. */
    public static final Handling PLAIN = new Handling(false, 0);

    public static final Handling SILENT = PLAIN.silently(true);

    public Handling silently(boolean now) {
        return new Handling(now, affinitySeconds);
    }

    public Handling keepingFor(int seconds) {
        return new Handling(silent, seconds);
    }
}
