package dev.weir.agent.nft;

import dev.weir.model.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The clients that a frontend lets in: a chain from which they return, and nobody else does. Named
 * by the hash of its ranges, hence never changed, and shared by all frontends that have the same.
 */
final class Sources {
    /** No limit. */
    static final String ANY = "";

    private Sources() {}

    /** The chain's name, or {@link #ANY}. */
    static String name(boolean v6, List<Cidr> ranges) {
        return chain(v6, ranges).map(Chain::name).orElse(ANY);
    }

    /** Empty where everybody may come. Ranges of the other family let in nobody. */
    static Optional<Chain> chain(boolean v6, List<Cidr> ranges) {
        List<Cidr> own = PolicyChain.outermost(ranges, v6);
        if (ranges.isEmpty() || own.stream().anyMatch(range -> range.prefix() == 0)) {
            return Optional.empty();
        }
        String set = own.stream().map(Cidr::toString).collect(Collectors.joining(", "));
        List<String> rules = new ArrayList<>();
        if (!own.isEmpty()) {
            rules.add((v6 ? "ip6" : "ip") + " saddr { " + set + " } return");
        }
        rules.add("counter name unlisted drop");
        String name = Layout.SOURCE_CHAIN + Layout.family(v6) + "-" + ContentHash.of(set);
        return Optional.of(new Chain(name, "", rules));
    }
}
