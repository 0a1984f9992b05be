package dev.weir.agent.nft;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The chains that frontends lead to, and how many frontends want each, so that nobody has to look
 * through all frontends. Pure bookkeeping, owned by the plane's thread.
 */
final class ServiceChains {
    private final Map<String, Chain> chains = new HashMap<>();
    private final Map<String, Integer> users = new HashMap<>();
    private final Set<String> idle = new HashSet<>();

    /** One more frontend wants the chain. */
    void want(String name, Supplier<Chain> chain) {
        if (users.merge(name, 1, Integer::sum) == 1) {
            chains.put(name, chain.get());
            idle.remove(name);
        }
    }

    /** One frontend less does. */
    void release(String name) {
        if (users.merge(name, -1, Integer::sum) == 0) {
            users.remove(name);
            chains.remove(name);
            idle.add(name);
        }
    }

    Collection<Chain> all() {
        return List.copyOf(chains.values());
    }

    /** Of these names, what is wanted now. */
    List<Chain> of(Collection<String> names) {
        return names.stream().distinct().filter(chains::containsKey).map(chains::get).toList();
    }

    /**
     * Chains that nobody wants since the last call and that nobody is likely to want again soon.
     * Balancers for any frontend of a number of endpoints stay until everything is looked through.
     */
    Set<String> takeIdle() {
        Set<String> gone = new HashSet<>(idle);
        gone.removeIf(name -> !Balancer.ofOne(name) && !name.startsWith(Layout.SOURCE_CHAIN));
        idle.clear();
        return gone;
    }
}
