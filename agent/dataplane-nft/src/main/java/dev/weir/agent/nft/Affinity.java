package dev.weir.agent.nft;

import java.util.List;

/**
 * The rules by which a client comes back to its endpoint. The kernel itself keeps, for a client and
 * a frontend, the connection mark that names the endpoint; a mark that names none any more is
 * forgotten by the client's next connection.
 *
 * <p>The key of IPv6 is a hash of the two addresses: libnftables 1.0.6 aborts at longer keys that
 * are written by a rule. Two clients with the same hash, one in 2^31, share what is kept, and so
 * their endpoint; a mark of another frontend names no endpoint of this one.
 *
 * @param bits what all marks of these connections have
 */
record Affinity(boolean v6, int seconds, int bits) {
    /**
     * Clients that are remembered, per family; above, new ones go by chance. Some 150 bytes each.
     */
    static final int MAX_CLIENTS = 262_144;

    /** No mark that we keep has this bit, so that a hash is never taken for one. */
    private static final long HASH = 1L << 31;

    private static final String HASHED =
            "jhash ip6 saddr . ip6 daddr mod %d seed 1 offset %d".formatted(HASH - 1, HASH);

    /** The type of the map's key, as {@link #key} builds it. */
    static String keyType(boolean v6) {
        return (v6 ? "mark" : "ipv4_addr . ipv4_addr") + " . inet_proto . inet_service";
    }

    /** If the client is known: its mark, and its time starts anew. */
    List<String> recall() {
        String known = "ct mark and %s == %s".formatted(Marks.hex(~0xffffff), Marks.hex(bits));
        String refresh = known + " " + remember();
        return v6
                ? List.of(
                        "ct mark set " + HASHED,
                        "ct mark set ct mark . meta l4proto . th dport map @" + map(),
                        refresh)
                : List.of("ct mark set " + key() + " map @" + map(), refresh);
    }

    String remember() {
        return "update @%s { %s timeout %ds : ct mark }".formatted(map(), key(), seconds);
    }

    String forget() {
        return "delete @%s { %s : ct mark }".formatted(map(), key());
    }

    private String key() {
        return (v6 ? HASHED : "ip saddr . ip daddr") + " . meta l4proto . th dport";
    }

    private String map() {
        return Layout.CLIENTS + Layout.family(v6);
    }
}
