package dev.weir.agent.nft;

import dev.weir.model.Handling;
import dev.weir.model.Handling.Choice;
import java.util.ArrayList;
import java.util.List;
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
    private static final Pattern NAME =
            Pattern.compile(
                    Layout.BALANCER + "[46]-([1-9]\\d{0,4})(-hash)?(?:-keep([1-9]\\d{0,5}))?");

    Balancer {
        handling =
                endpoints == 0
                        ? Handling.PLAIN.silently(handling.silent())
                        : handling.silently(false);
    }

    /** The balancer of this chain; empty for a foreign chain. */
    static Optional<Balancer> named(String chain, boolean v6) {
        if (chain.equals(Layout.NO_ENDPOINTS) || chain.equals(Layout.WITHHELD)) {
            boolean silent = chain.equals(Layout.WITHHELD);
            return Optional.of(new Balancer(v6, 0, Handling.PLAIN.silently(silent)));
        }
        Matcher name = NAME.matcher(chain);
        if (!name.matches()) {
            return Optional.empty();
        }
        String keep = name.group(3);
        Handling handling =
                Handling.PLAIN
                        .choosingBy(name.group(2) == null ? Choice.RANDOM : Choice.SOURCE_HASH)
                        .keepingFor(keep == null ? 0 : Integer.parseInt(keep));
        return Optional.of(new Balancer(v6, Integer.parseInt(name.group(1)), handling))
                .filter(balancer -> balancer.name().equals(chain));
    }

    String name() {
        if (endpoints == 0) {
            return handling.silent() ? Layout.WITHHELD : Layout.NO_ENDPOINTS;
        }
        return Layout.BALANCER
                + Layout.family(v6)
                + "-"
                + endpoints
                + (handling.choice() == Choice.SOURCE_HASH ? "-hash" : "")
                + (keeps() ? "-keep" + handling.affinitySeconds() : "");
    }

    /** True if clients come back to the endpoint that they had. */
    boolean keeps() {
        return handling.affinitySeconds() > 0;
    }

    /** Empty for a chain of the fixed part. */
    Optional<Chain> chain() {
        if (endpoints == 0) {
            return Optional.empty();
        }
        List<String> rules = new ArrayList<>();
        String choose = "ct mark set %s offset %d".formatted(number(), Marks.slot(0));
        String translate =
                "dnat %s to %s map @%s"
                        .formatted(ip(), slot(), Layout.ENDPOINTS + Layout.family(v6));
        if (keeps()) {
            Affinity affinity = new Affinity(v6, handling.affinitySeconds());
            rules.addAll(affinity.recall());
            rules.add(translate);
            rules.add(affinity.forget());
            rules.add(choose);
            rules.add("ct mark set %s map @%s".formatted(slot(), Layout.IDS + Layout.family(v6)));
            rules.add(affinity.remember());
        } else {
            rules.add(choose);
        }
        rules.add(translate);
        // A miss would mean a broken map; the connection must not go on to the bare address.
        rules.add("counter name lost drop");
        return Optional.of(new Chain(name(), "", rules));
    }

    private String number() {
        return switch (handling.choice()) {
            case RANDOM -> "numgen random mod " + endpoints;
            case SOURCE_HASH -> "jhash " + ip() + " saddr mod " + endpoints + " seed 1";
        };
    }

    private String ip() {
        return v6 ? "ip6" : "ip";
    }

    private String slot() {
        return ip() + " daddr . meta l4proto . th dport . ct mark";
    }
}
