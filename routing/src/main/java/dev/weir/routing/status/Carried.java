package dev.weir.routing.status;

/**
 * What the proxies carry.
 *
 * @param anyone whether there is a proxy
 * @param control the least revision of the control shard among those that are reachable
 */
public record Carried(boolean anyone, long control) {
    /** There is no proxy. */
    public static final Carried NOTHING = new Carried(false, 0);

    boolean covers(long revision) {
        return anyone && control >= revision;
    }
}
