package dev.weir.model;

/**
 * How a node treats the connections to one frontend.
 *
 * @param silent while there are no endpoints, connections are dropped and not refused: endpoints
 *     there are, but none that this frontend may use
 */
public record Handling(boolean silent) {
    /** Any endpoint by chance; refused without. */
    public static final Handling PLAIN = new Handling(false);

    public static final Handling SILENT = new Handling(true);
}
