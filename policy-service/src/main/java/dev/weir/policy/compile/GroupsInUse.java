package dev.weir.policy.compile;

import dev.weir.model.Key;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The groups that policies name. Immutable; a change of a policy costs that policy's rules.
 *
 * <p>Invariant: a group is there while a policy names it, and its id is under its selector's anchor
 * exactly then.
 *
 * @param policies the groups of each policy, by id
 * @param groups each group, and how many policies name it
 * @param anchored the ids of the groups by what their pods must have
 */
record GroupsInUse(
        PMap<Key, Map<String, GroupSelector>> policies,
        PMap<String, Use> groups,
        PMap<Anchor, PSet<String>> anchored) {
    static final GroupsInUse EMPTY =
            new GroupsInUse(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    /** A group and how many policies name it; at least one. */
    record Use(GroupSelector selector, int policies) {}

    /** With this policy as it is now; absent when it is gone. */
    GroupsInUse with(Key key, Optional<NetworkPolicy> policy) {
        Map<String, GroupSelector> before = of(key);
        Map<String, GroupSelector> after = new HashMap<>();
        policy.ifPresent(
                now -> GroupSelector.of(now).forEach(group -> after.put(group.id(), group)));
        GroupsInUse next =
                new GroupsInUse(
                        after.isEmpty()
                                ? policies.minus(key)
                                : policies.plus(key, Map.copyOf(after)),
                        groups,
                        anchored);
        for (var group : after.entrySet()) {
            next =
                    before.containsKey(group.getKey())
                            ? next
                            : next.named(group.getKey(), group.getValue());
        }
        for (String group : before.keySet()) {
            next = after.containsKey(group) ? next : next.left(group);
        }
        return next;
    }

    /** The groups that a policy names, by id. */
    Map<String, GroupSelector> of(Key policy) {
        return policies.getOrDefault(policy, Map.of());
    }

    private GroupsInUse named(String id, GroupSelector selector) {
        Use use = groups.get(id);
        if (use != null) {
            return new GroupsInUse(
                    policies, groups.plus(id, new Use(use.selector, use.policies + 1)), anchored);
        }
        Anchor anchor = Anchor.of(selector);
        return new GroupsInUse(
                policies,
                groups.plus(id, new Use(selector, 1)),
                anchored.plus(anchor, under(anchor).plus(id)));
    }

    private GroupsInUse left(String id) {
        Use use =
                Objects.requireNonNull(groups.get(id), "a group is there while a policy names it");
        if (use.policies > 1) {
            return new GroupsInUse(
                    policies, groups.plus(id, new Use(use.selector, use.policies - 1)), anchored);
        }
        Anchor anchor = Anchor.of(use.selector);
        PSet<String> others = under(anchor).minus(id);
        return new GroupsInUse(
                policies,
                groups.minus(id),
                others.isEmpty() ? anchored.minus(anchor) : anchored.plus(anchor, others));
    }

    private PSet<String> under(Anchor anchor) {
        return anchored.getOrDefault(anchor, HashTreePSet.empty());
    }

    boolean contains(String group) {
        return groups.containsKey(group);
    }

    Optional<GroupSelector> selector(String group) {
        return Optional.ofNullable(groups.get(group)).map(Use::selector);
    }

    /** The groups that a pod with these labels is in. */
    Stream<String> selecting(
            String namespaceName,
            Optional<Map<String, String>> namespace,
            Map<String, String> pod) {
        return Anchor.fitting(namespaceName, namespace.orElse(Map.of()), pod)
                .flatMap(anchor -> under(anchor).stream())
                .filter(
                        id ->
                                selector(id)
                                        .filter(
                                                group ->
                                                        group.selects(
                                                                namespaceName, namespace, pod))
                                        .isPresent());
    }
}
