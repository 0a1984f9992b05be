package dev.weir.agent.l2;

import dev.weir.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which node answers for an address, of those that may and live: the one that does already; if
 * there are several, or none, the one with the highest score. Who sees the same nodes says the
 * same, a node's end moves only its own addresses, a node that comes moves none, and they spread
 * over all that are left.
 *
 * <p>Nodes with different versions have to agree, so the function must never change.
 */
final class Rendezvous {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private static final Optional<Set<IpAddress>> NOTHING = Optional.of(Set.of());

    private Rendezvous() {}

    /**
     * @param alive nodes to what they say that they own; empty of a node that does not say it,
     *     which then owns what nobody else has a higher score for
     */
    static Optional<String> owner(
            IpAddress address,
            Collection<String> eligible,
            Map<String, Optional<Set<IpAddress>>> alive) {
        Optional<String> highest = highest(address, eligible, alive::containsKey);
        Predicate<String> owns =
                node ->
                        alive.getOrDefault(node, NOTHING)
                                .map(said -> said.contains(address))
                                .orElse(highest.equals(Optional.of(node)));
        return highest(address, eligible, owns).or(() -> highest);
    }

    /** The one with the highest score, of those for which the condition holds. */
    static Optional<String> highest(
            IpAddress address, Collection<String> eligible, Predicate<String> condition) {
        Comparator<String> byScore =
                (a, b) -> Long.compareUnsigned(score(address, a), score(address, b));
        return eligible.stream()
                .filter(condition)
                .max(byScore.thenComparing(Comparator.naturalOrder()));
    }

    /** FNV-1a of the name, then the address mixed in. */
    static long score(IpAddress address, String node) {
        long hash = FNV_OFFSET;
        for (byte b : node.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return mix(mix(mix(hash) ^ address.high()) ^ address.low());
    }

    /** The finalizer of SplitMix64: each bit in changes half of those out. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
