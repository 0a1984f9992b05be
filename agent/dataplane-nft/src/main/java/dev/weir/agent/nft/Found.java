package dev.weir.agent.nft;

import dev.weir.agent.linux.NftData;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Frontend;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the kernel holds, in our terms.
 *
 * @param elements of all sets and maps that follow objects, but for Services
 * @param services the slots of each frontend whose elements agree with each other
 * @param strays elements of Services that do not: to be removed once the right ones are in place
 * @param rules how many rules each chain has
 * @param generation 0 if it is not there or broken
 */
record Found(
        Map<ElementKey, NftValue> elements,
        Map<Frontend, Target> services,
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
        Map<Frontend, Target> services = new HashMap<>();
        List<ElementKey> strays = new ArrayList<>();
        for (boolean v6 : List.of(false, true)) {
            String family = Layout.family(v6);
            for (String set : sets) {
                if (followsObjects(set, family)) {
                    for (NftElement element : tables.elements(Layout.TABLE, set)) {
                        elements.put(new ElementKey(set, element.key()), element.value());
                    }
                }
            }
            if (sets.contains(Layout.SERVICES + family)) {
                services(tables, sets, v6, services, strays);
            }
        }
        return new Found(
                elements,
                services,
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
            boolean v6,
            Map<Frontend, Target> services,
            List<ElementKey> strays)
            throws IOException {
        String serviceMap = Layout.SERVICES + Layout.family(v6);
        Map<NftData, Map<ElementKey, NftValue>> parts = new HashMap<>();
        for (String name : List.of(Layout.ENDPOINTS, Layout.IDS)) {
            String map = name + Layout.family(v6);
            if (!sets.contains(map)) {
                continue;
            }
            for (NftElement element : tables.elements(Layout.TABLE, map)) {
                parts.computeIfAbsent(prefix(element.key()), k -> new HashMap<>())
                        .put(new ElementKey(map, element.key()), element.value());
            }
        }
        for (NftElement element : tables.elements(Layout.TABLE, serviceMap)) {
            Frontend frontend = ServiceElements.frontend(element.key(), v6);
            Map<ElementKey, NftValue> part = parts.getOrDefault(element.key(), Map.of());
            Target target =
                    frontend == null
                            ? null
                            : ServiceElements.balancer(element, v6)
                                    .flatMap(balancer -> Target.found(frontend, balancer, part))
                                    .orElse(null);
            if (frontend != null && target != null) {
                parts.remove(element.key());
                services.put(frontend, target);
            } else {
                strays.add(new ElementKey(serviceMap, element.key()));
            }
        }
        parts.values().forEach(left -> strays.addAll(left.keySet()));
    }

    /** A slot's key without the slot is the key of its frontend. */
    private static NftData prefix(NftData key) {
        byte[] bytes = key.toBytes();
        return NftData.ofBytes(Arrays.copyOf(bytes, bytes.length - 4));
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
