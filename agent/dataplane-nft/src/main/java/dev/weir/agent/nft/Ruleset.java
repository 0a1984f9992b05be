package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftText;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.model.Cidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The chains and sets of the table, written as text. Owned by the plane's thread. */
final class Ruleset {
    /** Rules of a chain that was found, and not written by this process. */
    private static final int UNKNOWN = -1;

    private final NftText text;
    private final NavigableMap<String, Integer> chains = new TreeMap<>();
    private final Set<String> sets = new HashSet<>();
    private List<Cidr> vips = List.of();
    private boolean metered;
    private List<Chain> fixed = List.of();
    private BalancerCodes codes = new BalancerCodes();

    /** What the kernel has in its map of balancers was not written by this process. */
    private boolean foreign = true;

    Ruleset(NftText text) {
        this.text = text;
    }

    /** Writes the fixed part, over whatever is there; see {@link Layout#text}. */
    void lay(NodeSettings settings, List<Cidr> ranges, boolean replace, boolean restart)
            throws IOException {
        text.run(Layout.text(settings, ranges, replace, restart));
        vips = ranges;
        metered = settings.countTraffic();
        fixed = FixedChains.all(settings.addresses());
    }

    /** Writes the ranges of cluster IPs, both families at once, unless they are there. */
    void vips(List<Cidr> wanted) throws IOException {
        if (!wanted.equals(vips)) {
            text.run(Layout.vips(wanted));
            vips = wanted;
        }
    }

    /** What is there besides the fixed part, which has just been laid. */
    void found(
            Collection<String> foundChains,
            Collection<String> foundSets,
            Map<Integer, String> balancers) {
        chains.clear();
        sets.clear();
        codes = BalancerCodes.found(balancers);
        foreign = true;
        foundChains.stream()
                .filter(Layout::transientChain)
                .forEach(name -> chains.put(name, UNKNOWN));
        fixed.forEach(chain -> chains.put(chain.name(), chain.rules().size()));
        if (metered) {
            Meters.chains().forEach(chain -> chains.put(chain.name(), chain.rules().size()));
        }
        foundSets.stream().filter(Layout::transientSet).forEach(sets::add);
    }

    /** Writes what of these is not known to be there and right, in one transaction. */
    void write(Collection<Chain> wantedChains, Set<String> wantedSets) throws IOException {
        List<Chain> missing =
                wantedChains.stream()
                        .filter(c -> chains.getOrDefault(c.name(), UNKNOWN) != c.rules().size())
                        .toList();
        Set<String> newSets = new HashSet<>(wantedSets);
        newSets.removeAll(sets);
        if (missing.isEmpty() && newSets.isEmpty() && !foreign) {
            return;
        }
        StringBuilder commands = new StringBuilder();
        newSets.forEach(set -> commands.append(Layout.groupSet(set)));
        missing.forEach(chain -> commands.append(chain.declare()));
        missing.forEach(chain -> commands.append(chain.fill()));
        missing.stream()
                .map(Chain::name)
                .filter(chain -> chain.startsWith(Layout.BALANCER))
                .forEach(codes::of);
        if (foreign) {
            commands.append(Layout.noBalancers());
            codes.all().forEach((code, chain) -> commands.append(Layout.balancer(code, chain)));
        } else {
            missing.stream()
                    .map(Chain::name)
                    .filter(chain -> chain.startsWith(Layout.BALANCER))
                    .forEach(chain -> commands.append(Layout.balancer(codes.of(chain), chain)));
        }
        text.run(commands.toString());
        foreign = false;
        missing.forEach(chain -> chains.put(chain.name(), chain.rules().size()));
        sets.addAll(newSets);
    }

    /**
     * Chains of objects that are none of these.
     *
     * @param all also those of Services, and not only the some hundred of policies
     */
    Set<String> besides(Set<String> needed, boolean all) {
        Set<String> others = new HashSet<>();
        if (all) {
            others.addAll(chains.keySet());
            others.removeIf(chain -> !Layout.transientChain(chain));
        } else {
            others.addAll(beginning(Layout.EGRESS_CHAIN));
            others.addAll(beginning(Layout.INGRESS_CHAIN));
        }
        others.removeAll(needed);
        return others;
    }

    private Set<String> beginning(String prefix) {
        return chains.subMap(prefix, prefix + Character.MAX_VALUE).keySet();
    }

    /**
     * Deletes chains and sets that nothing refers to any more. What the kernel still finds in use
     * stays for another time.
     *
     * @param uselessChains those that are not there do no harm
     */
    void sweep(Set<String> uselessChains, Set<String> neededSets, Batches batches)
            throws IOException {
        List<NftCommand> useless = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String chain : uselessChains) {
            if (chains.containsKey(chain)) {
                if (chain.startsWith(Layout.BALANCER)) {
                    useless.add(Generation.delete(Layout.BALANCERS, codes.of(chain)));
                }
                useless.add(new NftCommand.DeleteChain(chain));
                names.add(chain);
            }
        }
        for (String set : sets) {
            if (!neededSets.contains(set)) {
                useless.add(new NftCommand.DeleteSet(set));
                names.add(set);
            }
        }
        if (batches.attempt(useless)) {
            names.forEach(chains::remove);
            names.forEach(codes::forget);
            names.forEach(sets::remove);
        }
    }

    /** The numbers of balancers, as they are in the kernel. */
    BalancerCodes codes() {
        return codes;
    }

    /** How many rules each of our chains should have. */
    Map<String, Integer> ruleCounts() {
        return Map.copyOf(chains);
    }
}
