package dev.weir.agent.nft;

import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Handling.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What connections to a frontend go through: a chain that all frontends of the same number of
 * endpoints, the same handling and the same clients share, since the modulus of numgen is a
 * constant. Only where endpoints take turns a frontend has a chain for itself, since the count
 * belongs to the rule.
 *
 * @param handling only what makes a difference for this number of endpoints
 * @param turns names the only frontend of this chain; empty for one that is shared
 */
record Balancer(boolean v6, int endpoints, Handling handling, Clients clients, String turns) {
    private static final String OWN = "-own";
    private static final String MASQUERADE = "-masq";
    private static final String HASH = "-hash";
    private static final String TURNS = "-turns-";
    private static final Pattern NAME =
            Pattern.compile(
                    "%s[46]-([1-9]\\d{0,4})(%s)?(%s)?(%s)?(?:%s([0-9a-f]+))?(?:-keep([1-9]\\d{0,5}))?"
                            .formatted(Layout.BALANCER, OWN, MASQUERADE, HASH, TURNS));

    Balancer {
        if (endpoints == 0) {
            handling = Handling.PLAIN.silently(handling.silent());
            clients = Clients.ANYBODY;
        } else {
            handling = handling.silently(false).onlyFor(List.of());
        }
        if (endpoints == 1) {
            handling = handling.choosingBy(Choice.RANDOM);
        }
        if (handling.choice() != Choice.ROUND_ROBIN) {
            turns = "";
        }
    }

    static Balancer of(Frontend frontend, int endpoints, Handling handling) {
        String turns =
                handling.choice() == Choice.ROUND_ROBIN
                        ? ContentHash.of(frontend.of(Clients.ANYBODY).toString())
                        : "";
        boolean v6 = frontend.address().v6();
        return new Balancer(v6, endpoints, handling, frontend.clients(), turns);
    }

    /** The balancer of this chain; empty for a foreign chain. */
    static Optional<Balancer> named(String chain, boolean v6) {
        if (chain.equals(Layout.NO_ENDPOINTS) || chain.equals(Layout.WITHHELD)) {
            Handling none = Handling.PLAIN.silently(chain.equals(Layout.WITHHELD));
            return Optional.of(new Balancer(v6, 0, none, Clients.ANYBODY, ""));
        }
        Matcher name = NAME.matcher(chain);
        if (!name.matches()) {
            return Optional.empty();
        }
        String turns = name.group(5) == null ? "" : name.group(5);
        String keep = name.group(6);
        Choice choice =
                !turns.isEmpty()
                        ? Choice.ROUND_ROBIN
                        : name.group(4) == null ? Choice.RANDOM : Choice.SOURCE_HASH;
        Handling handling =
                Handling.PLAIN
                        .masquerading(name.group(3) != null)
                        .choosingBy(choice)
                        .keepingFor(keep == null ? 0 : Integer.parseInt(keep));
        Clients clients = name.group(2) == null ? Clients.ANYBODY : Clients.OWN;
        int endpoints = Integer.parseInt(name.group(1));
        return Optional.of(new Balancer(v6, endpoints, handling, clients, turns))
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
                + (clients == Clients.OWN ? OWN : "")
                + (handling.masquerade() ? MASQUERADE : "")
                + (handling.choice() == Choice.SOURCE_HASH ? HASH : "")
                + (turns.isEmpty() ? "" : TURNS + turns)
                + (keeps() ? "-keep" + handling.affinitySeconds() : "");
    }

    /** True if clients come back to the endpoint that they had. */
    boolean keeps() {
        return handling.affinitySeconds() > 0;
    }

    /** The bits that all marks of these connections have. */
    int bits() {
        return Marks.SERVICE
                | (handling.masquerade() ? Marks.MASQUERADE : 0)
                | (clients == Clients.OWN ? Marks.INSIDE : 0);
    }

    /** True if the chain goes with its frontend. */
    static boolean ofOne(String chain) {
        return chain.contains(TURNS);
    }

    /** Empty for a chain of the fixed part. */
    Optional<Chain> chain() {
        if (endpoints == 0) {
            return Optional.empty();
        }
        List<String> rules = new ArrayList<>();
        String choose = "ct mark set %s offset %d".formatted(number(), bits());
        String translate =
                "dnat %s to %s map @%s"
                        .formatted(ip(), slot(), Layout.ENDPOINTS + Layout.family(v6));
        if (keeps()) {
            Affinity affinity = new Affinity(v6, handling.affinitySeconds(), bits());
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
            case ROUND_ROBIN -> "numgen inc mod " + endpoints;
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
