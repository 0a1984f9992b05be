package dev.weir.agent.nft;

import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the kernel holds, in our terms.
 *
 * @param elements of all sets and maps that follow objects, but for Services
 * @param live addresses of Services
 * @param vips where the ranges of cluster IPs begin and end
 * @param services the slots of each frontend whose elements agree with each other
 * @param balancers what the numbers in service maps mean
 * @param near leases, by family
 * @param strays elements of Services that do not: to be removed once the right ones are in place
 * @param rules how many rules each chain has
 * @param generation 0 if it is not there or broken
 */
record Found(
        Map<ElementKey, NftValue> elements,
        Map<ElementKey, NftValue> live,
        Set<RangeEnd> vips,
        Map<Frontend, Target> services,
        Map<Integer, String> balancers,
        Map<Boolean, List<NftElement>> near,
        List<ElementKey> strays,
        Map<String, Integer> rules,
        Set<String> sets,
        Set<SecondLock.Rule> lock,
        int generation) {

    /** Reads everything; for start, verification and repair only. */
    static Found read(Kernel kernel) throws IOException {
        NftTables tables = kernel.tables();
        Set<String> sets = tables.sets(Layout.TABLE);
        Map<ElementKey, NftValue> elements = new HashMap<>();
        Map<ElementKey, NftValue> live = new HashMap<>();
        Set<RangeEnd> vips = new HashSet<>();
        Map<Frontend, Target> services = new HashMap<>();
        Map<Boolean, List<NftElement>> near = new HashMap<>();
        List<ElementKey> strays = new ArrayList<>();
        Map<Integer, String> balancers = balancers(tables, sets);
        BalancerCodes codes = BalancerCodes.found(balancers);
        for (boolean v6 : List.of(false, true)) {
            String family = Layout.family(v6);
            for (String set : sets) {
                if (followsObjects(set, family)) {
                    elements.putAll(elements(tables, sets, set));
                }
            }
            live.putAll(elements(tables, sets, Layout.LIVE + family));
            if (sets.contains(Layout.VIPS + family)) {
                vips.addAll(RangeEnd.found(tables.elements(Layout.TABLE, Layout.VIPS + family)));
            }
            if (sets.contains(Layout.NEAR + family)) {
                near.put(v6, tables.elements(Layout.TABLE, Layout.NEAR + family));
            }
            services(tables, sets, codes, v6, services, strays);
        }
        return new Found(
                elements,
                live,
                vips,
                services,
                balancers,
                near,
                strays,
                tables.ruleCounts(Layout.TABLE),
                sets,
                SecondLock.read(kernel),
                sets.contains(Layout.CURRENT) ? generation(tables) : 0);
    }

    private static boolean followsObjects(String set, String family) {
        return set.equals(Layout.PODS + family)
                || set.equals(Layout.SELF + family)
                || set.equals(Layout.NODES + family)
                || set.equals(Layout.EGRESS + family)
                || set.equals(Layout.INGRESS + family)
                || (Layout.transientSet(set) && set.startsWith(Layout.GROUP + family));
    }

    private static void services(
            NftTables tables,
            Set<String> sets,
            BalancerCodes codes,
            boolean v6,
            Map<Frontend, Target> services,
            List<ElementKey> strays)
            throws IOException {
        Map<Frontend, Map<ElementKey, NftValue>> parts = new HashMap<>();
        for (String map :
                List.of(Layout.ENDPOINTS, Layout.IDS, Layout.SOURCES, Layout.OWN_SOURCES)) {
            for (var part : elements(tables, sets, map + Layout.family(v6)).entrySet()) {
                Frontend frontend = ServiceElements.frontend(part.getKey());
                if (frontend == null) {
                    strays.add(part.getKey());
                } else {
                    parts.computeIfAbsent(frontend, k -> new HashMap<>())
                            .put(part.getKey(), part.getValue());
                }
            }
        }
        for (Clients clients : Clients.values()) {
            String map = ServiceElements.services(clients) + Layout.family(v6);
            for (var entry : elements(tables, sets, map).entrySet()) {
                Frontend frontend = ServiceElements.frontend(entry.getKey());
                Optional<Target> target =
                        frontend == null
                                ? Optional.empty()
                                : ServiceElements.balancer(entry.getValue(), codes, v6)
                                        .flatMap(
                                                balancer ->
                                                        Target.found(
                                                                frontend,
                                                                balancer,
                                                                parts.getOrDefault(
                                                                        frontend, Map.of())));
                if (frontend != null && target.isPresent()) {
                    parts.remove(frontend);
                    services.put(frontend, target.get());
                } else {
                    strays.add(entry.getKey());
                }
            }
        }
        parts.values().forEach(left -> strays.addAll(left.keySet()));
    }

    private static Map<ElementKey, NftValue> elements(
            NftTables tables, Set<String> sets, String set) throws IOException {
        Map<ElementKey, NftValue> elements = new HashMap<>();
        if (sets.contains(set)) {
            for (NftElement element : tables.elements(Layout.TABLE, set)) {
                elements.put(new ElementKey(set, element.key()), element.value());
            }
        }
        return elements;
    }

    private static Map<Integer, String> balancers(NftTables tables, Set<String> sets)
            throws IOException {
        Map<Integer, String> balancers = new HashMap<>();
        elements(tables, sets, Layout.BALANCERS)
                .forEach(
                        (key, value) -> {
                            if (value instanceof NftValue.Verdict verdict) {
                                balancers.put(ServiceElements.mark(key.data()), verdict.chain());
                            }
                        });
        return balancers;
    }

    /** Both marks must be there and agree, or nothing can pass without being judged. */
    private static int generation(NftTables tables) throws IOException {
        Map<NftData, NftValue> current = byKey(tables.elements(Layout.TABLE, Layout.CURRENT));
        Map<NftData, NftValue> stamps = byKey(tables.elements(Layout.TABLE, Layout.STAMP));
        for (NftData key : current.keySet()) {
            int mark = key.toBuffer().order(ByteOrder.nativeOrder()).getInt();
            int generation = Marks.generation(mark);
            boolean whole =
                    Generation.marks(generation).equals(current)
                            && Generation.stamps(generation).equals(stamps);
            return whole ? generation : 0;
        }
        return 0;
    }

    private static Map<NftData, NftValue> byKey(List<NftElement> elements) {
        Map<NftData, NftValue> result = new HashMap<>();
        elements.forEach(e -> result.put(e.key(), e.value()));
        return result;
    }
}
