package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Step;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LocalPod;
import dev.weir.model.Shards;
import dev.weir.policy.compile.Compile;
import dev.weir.policy.compile.Members;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/**
 * The pods of this node with their filters, and the groups that those name.
 *
 * <p>A pod is known once its Pod says the attachment's address or this node. Until then, and until
 * both shards that decide are in sync, nothing passes to or from it.
 */
final class LocalPods {
    private static final Set<String> DECIDING = Set.of(Shards.CONTROL, Shards.POLICY);

    private final String nodeName;
    private final NodeImage previous;
    private final Step control;
    private final Step policy;
    private final boolean decided;
    private final boolean everything;
    private final Set<String> movedGroups;
    private final Map<String, List<NetworkPolicy>> policies = new HashMap<>();
    private final Map<String, Set<IpAddress>> narrowed = new HashMap<>();
    private PMap<Key, LocalPod> pods;
    private PMap<String, Set<IpAddress>> groups;

    private LocalPods(
            String nodeName, NodeImage previous, Step control, Step policy, Set<String> shards) {
        this.nodeName = nodeName;
        this.previous = previous;
        this.control = control;
        this.policy = policy;
        this.decided = shards.containsAll(DECIDING);
        this.everything = decided != previous.shards().keySet().containsAll(DECIDING);
        this.movedGroups =
                policy.keys(Kinds.GROUP_MEMBER).map(Members::group).collect(Collectors.toSet());
        this.pods = previous.pods();
        this.groups = previous.groups();
    }

    /**
     * Derives them anew where a step or an attachment says so.
     *
     * @param shards the ones in sync
     */
    static LocalPods derive(
            String nodeName,
            NodeImage previous,
            Step control,
            Step policy,
            Set<String> shards,
            Collection<Attachment> attachments) {
        LocalPods local = new LocalPods(nodeName, previous, control, policy, shards);
        local.derivePods(attachments);
        local.deriveGroups();
        return local;
    }

    PMap<Key, LocalPod> pods() {
        return pods;
    }

    PMap<String, Set<IpAddress>> groups() {
        return groups;
    }

    private void derivePods(Collection<Attachment> attachments) {
        Map<Key, Attachment> attached = new HashMap<>();
        attachments.forEach(attachment -> attached.put(attachment.pod(), attachment));
        for (Key pod : previous.pods().keySet()) {
            pods = attached.containsKey(pod) ? pods : pods.minus(pod);
        }
        Set<Key> changed =
                control.keys(Kinds.POD).filter(attached::containsKey).collect(Collectors.toSet());
        List<NetworkPolicy> touching = touching(attached.keySet());
        for (Attachment attachment : attached.values()) {
            LocalPod had = previous.pods().get(attachment.pod());
            if (everything
                    || had == null
                    || !had.addresses().equals(attachment.addresses())
                    || changed.contains(attachment.pod())
                    || isSelected(attachment, touching)) {
                LocalPod now = compile(attachment);
                pods = now.equals(had) ? pods : pods.plus(attachment.pod(), now);
            }
        }
    }

    /**
     * Policies as they were and as they are, where they changed or read the ports of members that
     * did.
     */
    private List<NetworkPolicy> touching(Collection<Key> local) {
        Stream<NetworkPolicy> changed =
                policy.keys(Kinds.NETWORK_POLICY)
                        .flatMap(key -> policy.versions(NetworkPolicy.class, key));
        Stream<NetworkPolicy> reading =
                movedGroups.isEmpty()
                        ? Stream.empty()
                        : local.stream()
                                .map(Key::namespace)
                                .distinct()
                                .flatMap(namespace -> policiesOf(namespace).stream())
                                .filter(this::readsMovedGroup);
        return Stream.concat(changed, reading).toList();
    }

    private boolean isSelected(Attachment attachment, List<NetworkPolicy> touching) {
        return !touching.isEmpty()
                && known(attachment)
                        .filter(pod -> touching.stream().anyMatch(it -> Compile.selects(it, pod)))
                        .isPresent();
    }

    private boolean readsMovedGroup(NetworkPolicy candidate) {
        return !Collections.disjoint(Compile.groupsReadFor(candidate), movedGroups);
    }

    private LocalPod compile(Attachment attachment) {
        Compile.Compiled filters =
                known(attachment)
                        .map(
                                pod ->
                                        Compile.compile(
                                                pod,
                                                policiesOf(attachment.pod().namespace()),
                                                group -> Members.of(policy.to(), group)))
                        .orElse(Compile.CLOSED);
        narrowed.putAll(filters.narrowed());
        return new LocalPod(
                attachment.pod(), attachment.addresses(), filters.ingress(), filters.egress());
    }

    /** A Pod of that name that lives elsewhere is another one. */
    private Optional<Pod> known(Attachment attachment) {
        return control.to()
                .find(Pod.class, attachment.pod())
                .filter(pod -> decided)
                .filter(
                        pod ->
                                pod.getSpec().getNodeName().equals(nodeName)
                                        || addresses(pod)
                                                .anyMatch(attachment.addresses()::contains));
    }

    private static Stream<IpAddress> addresses(Pod pod) {
        return Stream.concat(
                        Stream.of(pod.getStatus().getPodIp()),
                        pod.getStatus().getPodIpsList().stream().map(PodIp::getIp))
                .flatMap(text -> IpAddress.parse(text).stream());
    }

    private List<NetworkPolicy> policiesOf(String namespace) {
        return policies.computeIfAbsent(
                namespace,
                name -> policy.to().in(Kinds.NETWORK_POLICY, name, NetworkPolicy.class).toList());
    }

    private void deriveGroups() {
        if (pods == previous.pods() && movedGroups.isEmpty() && !everything) {
            return;
        }
        Set<String> used = new HashSet<>();
        for (LocalPod pod : pods.values()) {
            used.addAll(Compile.groups(pod.ingress()));
            used.addAll(Compile.groups(pod.egress()));
        }
        for (String group : previous.groups().keySet()) {
            groups = used.contains(group) ? groups : groups.minus(group);
        }
        for (String group : used) {
            Set<IpAddress> had = previous.groups().get(group);
            Set<IpAddress> now = members(group, had);
            groups = now.equals(had) ? groups : groups.plus(group, now);
        }
    }

    private Set<IpAddress> members(String group, @Nullable Set<IpAddress> had) {
        Set<IpAddress> narrow = narrowed.get(group);
        if (narrow != null) {
            return narrow;
        }
        return had != null && !movedGroups.contains(group) && !everything
                ? had
                : Members.addresses(Members.of(policy.to(), group));
    }
}
