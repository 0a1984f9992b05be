package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftCounter;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftTables;
import dev.weir.agent.spi.Drift;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Packets and bytes of Services, if somebody wants them counted: an element for each address that
 * has frontends. Translated connections carry SERVICE in their mark, and what their client
 * addressed in their tuple, in both directions.
 *
 * <p>Each packet is counted where it leaves the node's stack: by {@code traffic-out} on its way to
 * a pod or elsewhere, by {@code traffic-in} if the node itself takes it, unless it sent it, too.
 * What is dropped on the way is not. Owned by the plane's thread.
 */
final class Meters {
    private final NftTables tables;
    private final boolean on;
    private final Set<ElementKey> there = new HashSet<>();

    Meters(NftTables tables, boolean on) {
        this.tables = tables;
        this.on = on;
    }

    /**
     * The chains that count. libnftables 1.0.6 takes the port of a tuple for a part of a key only
     * where the protocol is known.
     */
    static List<Chain> chains() {
        List<String> rules = new ArrayList<>();
        for (boolean v6 : List.of(false, true)) {
            for (Protocol protocol : Protocol.values()) {
                rules.add(
                        ("meta nfproto %s meta l4proto %s ct original %s daddr"
                                        + " . meta l4proto . ct original proto-dst @%s")
                                .formatted(
                                        v6 ? "ipv6" : "ipv4",
                                        protocol.name().toLowerCase(Locale.ROOT),
                                        v6 ? "ip6" : "ip",
                                        Layout.TRAFFIC + Layout.family(v6)));
            }
        }
        String ours = "ct mark and %1$s == %1$s goto traffic".formatted(Marks.hex(Marks.SERVICE));
        return List.of(
                new Chain("traffic", "", rules),
                Chain.hooked("traffic-out", "filter hook postrouting priority 300", ours),
                Chain.hooked(
                        "traffic-in", "filter hook input priority 300", "iifname != lo " + ours));
    }

    /** What a former agent left, which goes on counting. */
    void adopt() throws IOException {
        there.clear();
        there.addAll(keys());
    }

    /** Makes the elements of these frontends what they should be; to be called before Services. */
    void settle(Collection<Frontend> frontends, ServiceTable services, Batches batches)
            throws IOException {
        if (!on) {
            return;
        }
        Set<ElementKey> wanted = new HashSet<>();
        Set<ElementKey> unwanted = new HashSet<>();
        for (Frontend frontend : frontends) {
            (wants(frontend, services) ? wanted : unwanted).add(key(frontend));
        }
        wanted.removeAll(there);
        unwanted.retainAll(there);
        List<NftCommand> commands = new ArrayList<>();
        for (ElementKey key : wanted) {
            commands.add(new NftCommand.AddElement(key.set(), NftElement.of(key.data())));
        }
        for (ElementKey key : unwanted) {
            commands.add(new NftCommand.DeleteElement(key.set(), NftElement.of(key.data())));
        }
        if (!commands.isEmpty()) {
            batches.together(commands);
            there.addAll(wanted);
            there.removeAll(unwanted);
        }
    }

    /** As {@link #settle}, with whatever else is there. */
    void settleAll(ServiceTable services, Batches batches) throws IOException {
        Set<Frontend> all = new HashSet<>(services.desired().keySet());
        for (ElementKey key : there) {
            Frontend frontend = ServiceElements.frontend(key);
            if (frontend != null) {
                all.add(frontend);
            }
        }
        settle(all, services, batches);
    }

    private static boolean wants(Frontend frontend, ServiceTable services) {
        for (Clients clients : Clients.values()) {
            if (services.wanted(frontend.of(clients)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** What was counted, by element; empty if nothing is. */
    Map<ElementKey, NftCounter> read() throws IOException {
        Map<ElementKey, NftCounter> counted = new HashMap<>();
        if (on) {
            for (boolean v6 : List.of(false, true)) {
                String set = Layout.TRAFFIC + Layout.family(v6);
                tables.counters(Layout.TABLE, set)
                        .forEach((key, n) -> counted.put(new ElementKey(set, key), n));
            }
        }
        return counted;
    }

    /** Read consistently, as {@link #read} is not while a set grows. */
    private Set<ElementKey> keys() throws IOException {
        Set<ElementKey> keys = new HashSet<>();
        if (on) {
            for (boolean v6 : List.of(false, true)) {
                String set = Layout.TRAFFIC + Layout.family(v6);
                tables.elements(Layout.TABLE, set)
                        .forEach(element -> keys.add(new ElementKey(set, element.key())));
            }
        }
        return keys;
    }

    /** What somebody else took away or added. */
    List<Drift> drifts() throws IOException {
        Set<ElementKey> found = keys();
        List<Drift> drifts = new ArrayList<>();
        there.stream()
                .filter(key -> !found.contains(key))
                .forEach(key -> drifts.add(new Drift("element " + key, "present", "nothing")));
        found.stream()
                .filter(key -> !there.contains(key))
                .forEach(key -> drifts.add(new Drift("element " + key, "nothing", "present")));
        return drifts.stream().limit(Audit.MAX_DRIFTS).toList();
    }

    static ElementKey key(Frontend frontend) {
        String set = Layout.TRAFFIC + Layout.family(frontend.address().v6());
        return new ElementKey(set, ServiceElements.key(frontend));
    }
}
