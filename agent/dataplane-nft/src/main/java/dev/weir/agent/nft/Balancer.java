package dev.weir.agent.nft;

import dev.weir.model.Handling;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What connections to a frontend go through: a chain that all frontends of the same number of
 * endpoints and the same handling share, since the modulus of numgen is a constant.
 *
 * @param handling only what makes a difference for this number of endpoints
 */
record Balancer(boolean v6, int endpoints, Handling handling) {
    private static final Pattern NAME = Pattern.compile(Layout.BALANCER + "[46]-([1-9]\\d{0,4})");

    Balancer {
        handling = endpoints == 0 ? new Handling(handling.silent()) : Handling.PLAIN;
    }

    /** The balancer of this chain; empty for a foreign chain. */
    static Optional<Balancer> named(String chain, boolean v6) {
        if (chain.equals(Layout.NO_ENDPOINTS) || chain.equals(Layout.WITHHELD)) {
            boolean silent = chain.equals(Layout.WITHHELD);
            return Optional.of(new Balancer(v6, 0, new Handling(silent)));
        }
        Matcher name = NAME.matcher(chain);
        return name.matches()
                ? Optional.of(new Balancer(v6, Integer.parseInt(name.group(1)), Handling.PLAIN))
                        .filter(balancer -> balancer.name().equals(chain))
                : Optional.empty();
    }

    String name() {
        if (endpoints == 0) {
            return handling.silent() ? Layout.WITHHELD : Layout.NO_ENDPOINTS;
        }
        return Layout.BALANCER + Layout.family(v6) + "-" + endpoints;
    }

    /** Empty for a chain of the fixed part. */
    Optional<Chain> chain() {
        if (endpoints == 0) {
            return Optional.empty();
        }
        // A miss would mean a broken map; the connection must not go on to the bare address.
        return Optional.of(
                Chain.of(
                        name(),
                        "ct mark set numgen random mod %d offset %d"
                                .formatted(endpoints, Marks.slot(0)),
                        "dnat %1$s to %1$s daddr . meta l4proto . th dport . ct mark map @%2$s"
                                .formatted(v6 ? "ip6" : "ip", Layout.ENDPOINTS + Layout.family(v6)),
                        "counter name lost drop"));
    }
}
