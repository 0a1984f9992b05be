package dev.weir.policy.compile;

import dev.weir.policy.v1.NetworkPolicy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The groups that policies name, each with the number of its policies. Immutable; a policy costs its own rules.
 *
 * <p>Invariant: {@code anchored} holds exactly the ids of {@code groups}, each under its selector's anchor.
 */
record GroupsInUse(PMap<String, Use> groups, PMap<Anchor, PSet<String>> anchored) {
    static final GroupsInUse EMPTY = new GroupsInUse(HashTreePMap.empty(), HashTreePMap.empty());

    /** A group and how many policies name it; at least one. */
    record Use(GroupSelector selector, int policies) {}

    /** With one policy replaced; absent before or after means that it did not or does not exist. */
    GroupsInUse with(Optional<NetworkPolicy> before, Optional<NetworkPolicy> after) {
        GroupsInUse next = this;
        for (GroupSelector selector : distinct(after)) {
            next = next.counted(selector, 1);
        }
        for (GroupSelector selector : distinct(before)) {
            next = next.counted(selector, -1);
        }
        return next;
    }

    /** Two selectors with one canonical form are one group. */
    private static Collection<GroupSelector> distinct(Optional<NetworkPolicy> policy) {
        Map<String, GroupSelector> byId = new LinkedHashMap<>();
        policy.map(GroupSelector::of)
                .stream()
                .flatMap(Collection::stream)
                .forEach(selector -> byId.put(selector.id(), selector));
        return byId.values();
    }

    private GroupsInUse counted(GroupSelector selector, int by) {
        String id = selector.id();
        Use use = groups.get(id);
        if (use == null) {
            Anchor anchor = Anchor.of(selector);
            return new GroupsInUse(
                    groups.plus(id, new Use(selector, by)),
                    anchored.plus(anchor, under(anchor).plus(id)));
        }
        if (use.policies + by > 0) {
            return new GroupsInUse(
                    groups.plus(id, new Use(use.selector, use.policies + by)), anchored);
        }
        Anchor anchor = Anchor.of(use.selector);
        PSet<String> left = under(anchor).minus(id);
        return new GroupsInUse(
                groups.minus(id),
                left.isEmpty() ? anchored.minus(anchor) : anchored.plus(anchor, left));
    }

    private PSet<String> under(Anchor anchor) {
        return anchored.getOrDefault(anchor, HashTreePSet.empty());
    }

    Optional<GroupSelector> selector(String group) {
        return Optional.ofNullable(groups.get(group)).map(Use::selector);
    }

    /** The groups that a pod with these labels is in. */
    List<String> selecting(
            String namespace, Map<String, String> namespaceLabels, Map<String, String> podLabels) {
        return Anchor.fitting(namespace, namespaceLabels, podLabels)
                .flatMap(anchor -> stream(anchored.get(anchor)))
                .filter(
                        id ->
                                groups.get(id)
                                        .selector()
                                        .selects(namespace, namespaceLabels, podLabels))
                .toList();
    }
}
