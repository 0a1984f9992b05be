package dev.weir.agent.nft;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Numbers by which the service maps name chains. Were it the chains themselves, the kernel would
 * look through all elements of such a map whenever one of them changes, to find loops. Owned by the
 * plane's thread.
 */
final class BalancerCodes {
    /** Below every bit that a connection to a Service has: {@link Marks#SERVICE}. */
    private static final int LAST = Marks.SERVICE - 1;

    private static final int FIRST = 16;
    private static final Map<String, Integer> FIXED =
            Map.of(Layout.NO_ENDPOINTS, 1, Layout.WITHHELD, 2);

    private final Map<String, Integer> codes = new HashMap<>(FIXED);
    private final Map<Integer, String> chains = new HashMap<>();

    BalancerCodes() {
        FIXED.forEach((chain, code) -> chains.put(code, chain));
    }

    /** The chain's number, which follows from its name unless another one has that. */
    int of(String chain) {
        Integer known = codes.get(chain);
        if (known != null) {
            return known;
        }
        int code = FIRST + Math.floorMod(chain.hashCode() * 0x9e3779b1, LAST - FIRST);
        while (chains.containsKey(code)) {
            code = code == LAST ? FIRST : code + 1;
        }
        put(code, chain);
        return code;
    }

    private void put(int code, String chain) {
        codes.put(chain, code);
        chains.put(code, chain);
    }

    Optional<String> chain(int code) {
        return Optional.ofNullable(chains.get(code));
    }

    /** The chain is gone. */
    void forget(String chain) {
        Integer code = codes.remove(chain);
        if (code != null) {
            chains.remove(code);
        }
    }

    /** What the kernel has; what contradicts itself or the fixed numbers is left out. */
    static BalancerCodes found(Map<Integer, String> kernel) {
        BalancerCodes found = new BalancerCodes();
        kernel.forEach(
                (code, chain) -> {
                    boolean free = code >= FIRST && code <= LAST && !found.codes.containsKey(chain);
                    if (free && chain.startsWith(Layout.BALANCER)) {
                        found.put(code, chain);
                    }
                });
        return found;
    }

    /** All that are given. */
    Map<Integer, String> all() {
        return Map.copyOf(chains);
    }
}
