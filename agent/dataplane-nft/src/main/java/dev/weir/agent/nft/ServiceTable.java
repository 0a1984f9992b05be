package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Frontends and the slots of their endpoints, as they shall be and as they are. Pure bookkeeping,
 * owned by the plane's thread.
 */
final class ServiceTable {
    /** A slot number has 16 bits of the connection mark. */
    static final int MAX_ENDPOINTS = 65_535;

    /** Owner of what a former agent left and nobody wants. */
    private static final Key UNKNOWN = new Key("Service", "", "unknown");

    private final DesiredVsObserved<Frontend, List<Endpoint>> table = new DesiredVsObserved<>();
    private final Map<Frontend, Key> owners = new HashMap<>();
    private final Map<Frontend, String> unfit = new HashMap<>();

    /** One frontend to be changed; empty is "not there", which differs from "no endpoints". */
    record Change(
            Key owner,
            Frontend frontend,
            Optional<List<Endpoint>> from,
            Optional<List<Endpoint>> to) {

        /** First step: everything that connections may need from now on. */
        Batches.Part enter() {
            List<NftCommand> commands = new ArrayList<>();
            List<Endpoint> old = from.orElse(List.of());
            List<Endpoint> wanted = to.orElse(List.of());
            String slots = ServiceElements.endpoints(frontend);
            for (int i = 0; i < wanted.size(); i++) {
                boolean there = i < old.size();
                if (!there || !old.get(i).equals(wanted.get(i))) {
                    put(commands, slots, ServiceElements.slot(frontend, i, wanted.get(i)), there);
                }
            }
            String services = ServiceElements.services(frontend);
            NftElement service = ServiceElements.service(frontend, wanted.size());
            if (to.isEmpty()) {
                commands.add(delete(services, service));
            } else if (from.isEmpty() || old.size() != wanted.size()) {
                put(commands, services, service, from.isPresent());
            }
            return new Batches.Part(owner, commands);
        }

        /**
         * Second step, in a later transaction: slots that no connection can choose any more. A
         * packet between its two look-ups would otherwise miss.
         */
        Batches.Part leave() {
            List<NftCommand> commands = new ArrayList<>();
            int first = to.orElse(List.of()).size();
            List<Endpoint> old = from.orElse(List.of());
            for (int i = first; i < old.size(); i++) {
                NftElement slot = ServiceElements.slot(frontend, i, old.get(i));
                commands.add(delete(ServiceElements.endpoints(frontend), slot));
            }
            return new Batches.Part(owner, commands);
        }

        private static void put(
                List<NftCommand> commands, String set, NftElement element, boolean there) {
            if (there) {
                commands.add(delete(set, element));
            }
            commands.add(new NftCommand.AddElement(set, element));
        }

        private static NftCommand delete(String set, NftElement element) {
            return new NftCommand.DeleteElement(set, NftElement.of(element.key()));
        }
    }

    void desire(Frontend frontend, Backends backends) {
        owners.put(frontend, backends.service());
        List<Endpoint> wanted = Endpoint.of(backends.endpoints());
        boolean oneFamily =
                wanted.stream().allMatch(e -> e.address().v6() == frontend.address().v6());
        if (!oneFamily || wanted.size() > MAX_ENDPOINTS) {
            String reason = oneFamily ? "more than " + MAX_ENDPOINTS : "another address family";
            unfit.put(frontend, frontend + " has endpoints that cannot be programmed: " + reason);
            return;
        }
        unfit.remove(frontend);
        List<Endpoint> slots = table.observed(frontend).orElse(List.of());
        table.desire(frontend, Slots.arrange(slots, wanted));
    }

    void undesire(Frontend frontend) {
        unfit.remove(frontend);
        table.undesire(frontend);
    }

    /** What was read from the kernel; arranges what is desired anew around it. */
    void found(Map<Frontend, List<Endpoint>> services) {
        table.observeAll(services);
        table.desired()
                .forEach(
                        (frontend, wanted) -> {
                            List<Endpoint> slots = services.getOrDefault(frontend, List.of());
                            table.desire(frontend, Slots.arrange(slots, wanted));
                        });
    }

    List<Change> pending() {
        List<Change> changes = new ArrayList<>();
        table.missing().forEach((frontend, to) -> changes.add(change(frontend, Optional.of(to))));
        table.stale().forEach((frontend, from) -> changes.add(change(frontend, Optional.empty())));
        return changes;
    }

    private Change change(Frontend frontend, Optional<List<Endpoint>> to) {
        Key owner = owners.getOrDefault(frontend, UNKNOWN);
        return new Change(owner, frontend, table.observed(frontend), to);
    }

    /** The change is in force. */
    void done(Change change) {
        change.to()
                .ifPresentOrElse(
                        to -> table.observe(change.frontend(), to),
                        () -> {
                            table.unobserve(change.frontend());
                            owners.remove(change.frontend());
                        });
    }

    Map<Frontend, List<Endpoint>> desired() {
        return table.desired();
    }

    /** True if this element of a service or endpoint map is as it should be there. */
    boolean wants(ElementKey key) {
        boolean v6 = key.set().endsWith(Layout.family(true));
        Frontend frontend = ServiceElements.frontend(key.data(), v6);
        if (frontend == null) {
            return false;
        }
        Optional<List<Endpoint>> wanted = table.desired(frontend);
        if (key.set().startsWith(Layout.SERVICES)) {
            return wanted.isPresent();
        }
        return ServiceElements.slotOf(key.data()) < wanted.orElse(List.of()).size();
    }

    /** The chains that all desired frontends need. */
    Collection<Chain> balancers() {
        Map<String, Chain> chains = new HashMap<>();
        table.desired().forEach((frontend, wanted) -> balancer(frontend, wanted.size(), chains));
        return chains.values();
    }

    /** The chains that these changes need. */
    static Collection<Chain> balancers(Collection<Change> changes) {
        Map<String, Chain> chains = new HashMap<>();
        for (Change change : changes) {
            balancer(change.frontend(), change.to().orElse(List.of()).size(), chains);
        }
        return chains.values();
    }

    private static void balancer(Frontend frontend, int size, Map<String, Chain> into) {
        boolean v6 = frontend.address().v6();
        if (size > 0) {
            into.computeIfAbsent(Layout.balancer(v6, size), name -> Layout.balancerChain(v6, size));
        }
    }

    boolean wants(Frontend frontend, Endpoint endpoint) {
        return table.desired(frontend).orElse(List.of()).contains(endpoint);
    }

    void problems(Map<Key, String> into) {
        unfit.forEach((frontend, why) -> into.put(owners.getOrDefault(frontend, UNKNOWN), why));
    }
}
