package dev.weir.agent.nft;

import dev.weir.agent.spi.Drift;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what should be in the kernel with what was found. Pure. */
final class Audit {
    /** A flushed ruleset would otherwise be told element by element. */
    static final int MAX_DRIFTS = 100;

    private final List<Drift> drifts = new ArrayList<>();

    private Audit() {}

    static List<Drift> compare(
            Found found,
            PolicyTable policies,
            ServiceTable services,
            BalancerCodes codes,
            Map<String, Integer> rules,
            Set<SecondLock.Rule> lock,
            int generation) {
        Audit audit = new Audit();
        Map<String, Integer> ours = new HashMap<>(found.rules());
        ours.keySet().removeIf(c -> !rules.containsKey(c) && !Layout.transientChain(c));
        audit.compare("rules of chain ", rules, ours);
        audit.compare(
                "",
                Map.of("policy generation", generation),
                Map.of("policy generation", found.generation()));
        audit.compare("element ", policies.desired(), found.elements());
        audit.compare("element ", services.live().desired(), found.live());
        audit.compare(
                "range of cluster IPs ",
                present(RangeEnd.of(services.live().ranges())),
                present(found.vips()));
        audit.compare("balancer ", codes.all(), found.balancers());
        audit.compare("service ", services.desired(), found.services());
        audit.compare("", present(lock), present(found.lock()));
        found.strays().forEach(key -> audit.add("element " + key, "nothing", "a stray"));
        return List.copyOf(audit.drifts);
    }

    private static <T> Map<T, String> present(Set<T> things) {
        Map<T, String> map = new HashMap<>();
        things.forEach(thing -> map.put(thing, "present"));
        return map;
    }

    private <K, V> void compare(String what, Map<K, V> expected, Map<K, V> found) {
        Set<K> keys = new HashSet<>(expected.keySet());
        keys.addAll(found.keySet());
        keys.stream()
                .filter(key -> !equal(expected.get(key), found.get(key)))
                .sorted(Comparator.comparing(Object::toString))
                .limit(MAX_DRIFTS)
                .forEach(key -> add(what + key, text(expected.get(key)), text(found.get(key))));
    }

    private static boolean equal(@Nullable Object expected, @Nullable Object found) {
        return expected instanceof Target a && found instanceof Target b
                ? a.equivalent(b)
                : Objects.equals(expected, found);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "nothing" : value.toString();
    }

    private void add(String where, String expected, String found) {
        if (drifts.size() < MAX_DRIFTS) {
            drifts.add(new Drift(where, expected, found));
        }
    }
}
