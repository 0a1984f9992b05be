package dev.weir.model;

import java.util.List;

/**
 * How a node treats the connections to one frontend.
 *
 * @param silent while there are no endpoints, connections are dropped and not refused: endpoints
 *     there are, but none that this frontend may use
 * @param affinitySeconds a client that comes back within this time after its last connection is
 *     sent to the same endpoint, while that is one of them; 0 for no such promise, at most a day
 * @param choice how an endpoint is chosen for a new connection
 * @param masquerade endpoints see an address of this node and not their client, always; else only
 *     where the answer would not come back through this node
 * @param sources connections of other clients are dropped, before anything else; empty for no limit
 */
public record Handling(
        boolean silent,
        int affinitySeconds,
        Choice choice,
        boolean masquerade,
        List<Cidr> sources) {
    /** Any endpoint by chance, for everybody; refused without. */
    public static final Handling PLAIN = new Handling(false, 0, Choice.RANDOM, false, List.of());

    public static final Handling SILENT = PLAIN.silently(true);

    /** How one of several endpoints is chosen. */
    public enum Choice {
        RANDOM,
        /** One after the other. */
        ROUND_ROBIN,
        /** By the client's address; the same one while the endpoints are the same. */
        SOURCE_HASH
    }

    public Handling {
        sources = List.copyOf(sources);
    }

    public Handling silently(boolean now) {
        return new Handling(now, affinitySeconds, choice, masquerade, sources);
    }

    public Handling keepingFor(int seconds) {
        return new Handling(silent, seconds, choice, masquerade, sources);
    }

    public Handling choosingBy(Choice other) {
        return new Handling(silent, affinitySeconds, other, masquerade, sources);
    }

    public Handling masquerading(boolean now) {
        return new Handling(silent, affinitySeconds, choice, now, sources);
    }

    public Handling onlyFor(List<Cidr> clients) {
        return new Handling(silent, affinitySeconds, choice, masquerade, clients);
    }
}
