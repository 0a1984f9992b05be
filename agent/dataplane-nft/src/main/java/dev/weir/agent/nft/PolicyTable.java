package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.agent.nft.PolicyChain.Direction;
import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Filter;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.LocalPod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Local pods, their policies, the groups these name, and the nodes: all elements but those of
 * Services. Pure bookkeeping, owned by the plane's thread.
 */
final class PolicyTable {
    private final DesiredVsObserved<ElementKey, NftValue> elements = new DesiredVsObserved<>();
    private final Map<Key, LocalPod> pods = new TreeMap<>();
    private final Map<String, Set<IpAddress>> groups = new HashMap<>();
    private Map<ElementKey, NftValue> podElements = Map.of();
    private Map<ElementKey, NftValue> nodeElements = Map.of();
    private Map<String, PolicyChain> chains = Map.of();
    private @Nullable Set<String> sets;

    /** Work for one batch. */
    record Step(List<NftCommand> commands, boolean tightens) {}

    void nodes(Collection<IpAddress> addresses) {
        Map<ElementKey, NftValue> wanted = new HashMap<>();
        addresses.forEach(
                a ->
                        wanted.put(
                                ElementKey.of(Layout.NODES + Layout.family(a.v6()), a),
                                NftValue.NONE));
        nodeElements = replace(nodeElements, wanted);
    }

    /** A node has at most some hundred pods, so all of them are worked out together. */
    void pods(Map<Key, LocalPod> puts, Set<Key> removes) {
        if (puts.isEmpty() && removes.isEmpty()) {
            return;
        }
        pods.putAll(puts);
        removes.forEach(pods::remove);
        Map<ElementKey, NftValue> wanted = new HashMap<>();
        Map<String, PolicyChain> needed = new HashMap<>();
        for (LocalPod pod : pods.values()) {
            for (IpAddress address : pod.addresses()) {
                String family = Layout.family(address.v6());
                wanted.put(ElementKey.of(Layout.PODS + family, address), NftValue.NONE);
                wanted.put(ElementKey.pair(Layout.SELF + family, address, address), NftValue.NONE);
                isolate(Direction.EGRESS, pod.egress(), address, Layout.EGRESS, wanted, needed);
                isolate(Direction.INGRESS, pod.ingress(), address, Layout.INGRESS, wanted, needed);
            }
        }
        podElements = replace(podElements, wanted);
        chains = needed;
        sets = null;
    }

    private static void isolate(
            Direction direction,
            Filter filter,
            IpAddress address,
            String map,
            Map<ElementKey, NftValue> wanted,
            Map<String, PolicyChain> needed) {
        PolicyChain.compile(direction, filter)
                .ifPresent(
                        compiled -> {
                            String chain = compiled.chain().name();
                            needed.put(chain, compiled);
                            wanted.put(
                                    ElementKey.of(map + Layout.family(address.v6()), address),
                                    NftValue.jump(chain));
                        });
    }

    private Map<ElementKey, NftValue> replace(
            Map<ElementKey, NftValue> old, Map<ElementKey, NftValue> wanted) {
        old.keySet().stream().filter(key -> !wanted.containsKey(key)).forEach(elements::undesire);
        wanted.forEach(elements::desire);
        return wanted;
    }

    void group(String name, Set<IpAddress> members) {
        Set<IpAddress> old = groups.getOrDefault(name, Set.of());
        for (IpAddress member : old) {
            if (!members.contains(member)) {
                elements.undesire(PolicyChain.member(name, member));
            }
        }
        for (IpAddress member : members) {
            if (!old.contains(member)) {
                elements.desire(PolicyChain.member(name, member), NftValue.NONE);
            }
        }
        if (groups.put(name, Set.copyOf(members)) == null) {
            sets = null;
        }
    }

    void ungroup(String name) {
        group(name, Set.of());
        groups.remove(name);
        sets = null;
    }

    /** Chains that the pods' policies need. */
    Collection<Chain> chains() {
        return chains.values().stream().map(PolicyChain::chain).toList();
    }

    /** Sets of groups; a group that rules name but nobody knows is empty. */
    Set<String> sets() {
        Set<String> known = sets;
        if (known == null) {
            known = new HashSet<>();
            for (PolicyChain chain : chains.values()) {
                known.addAll(chain.sets());
            }
            for (String group : groups.keySet()) {
                known.add(PolicyChain.groupSet(group, false));
                known.add(PolicyChain.groupSet(group, true));
            }
            sets = known;
        }
        return known;
    }

    void found(Map<ElementKey, NftValue> kernel) {
        elements.observeAll(kernel);
    }

    Map<ElementKey, NftValue> desired() {
        return elements.desired();
    }

    /** What is to do; it tightens if a connection that was good may not be so any more. */
    Step pending() {
        List<NftCommand> commands = new ArrayList<>();
        boolean tightens = false;
        for (ElementKey key : elements.stale().keySet()) {
            commands.add(delete(key));
            tightens |= !key.set().startsWith(Layout.NODES);
        }
        for (Map.Entry<ElementKey, NftValue> missing : elements.missing().entrySet()) {
            ElementKey key = missing.getKey();
            if (elements.observed(key).isPresent()) {
                commands.add(delete(key));
            }
            NftElement element = NftElement.of(key.data(), missing.getValue());
            commands.add(new NftCommand.AddElement(key.set(), element));
            tightens |= missing.getValue() instanceof NftValue.Verdict;
        }
        return new Step(commands, tightens);
    }

    private static NftCommand delete(ElementKey key) {
        return new NftCommand.DeleteElement(key.set(), NftElement.of(key.data()));
    }

    /** All that was pending is in force. */
    void done() {
        elements.stale().keySet().forEach(elements::unobserve);
        elements.missing().forEach(elements::observe);
    }
}
