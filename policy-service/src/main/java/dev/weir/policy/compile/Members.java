package dev.weir.policy.compile;

import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NamedPort;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The records of group members: GROUP.NAMESPACE.POD in the policy shard; only the pod's name may
 * hold a dot.
 */
public final class Members {
    private Members() {}

    /** The record's key. */
    static Key key(String group, Key pod) {
        return Kinds.GROUP_MEMBER.key("", group + "." + pod.namespace() + "." + pod.name());
    }

    /** The group that a record is of. */
    public static String group(Key member) {
        return member.name().substring(0, member.name().indexOf('.'));
    }

    /** The pod that a record is of. */
    static Key pod(Key member) {
        String[] parts = member.name().split("\\.", 3);
        return Kinds.POD.key(parts[1], parts[2]);
    }

    /**
     * The records of one group, in the order of their keys; none for a group that does not exist.
     */
    public static Collection<GroupMember> of(Image policy, String group) {
        return range(policy, group).values().stream()
                .map(stored -> (GroupMember) stored.value())
                .toList();
    }

    static Stream<Key> keys(Image policy, String group) {
        return range(policy, group).keySet().stream();
    }

    private static SortedMap<Key, Stored> range(Image policy, String group) {
        return policy.objects()
                .subMap(
                        Kinds.GROUP_MEMBER.key("", group + "."),
                        Kinds.GROUP_MEMBER.key("", group + "/"));
    }

    /** All their addresses, sorted. */
    public static Set<IpAddress> addresses(Collection<GroupMember> members) {
        return members.stream()
                .flatMap(member -> member.getAddressesList().stream())
                .map(IpAddress::parse)
                .flatMap(Optional::stream)
                .collect(
                        Collectors.collectingAndThen(
                                Collectors.toCollection(TreeSet::new),
                                Collections::unmodifiableSet));
    }

    /**
     * The record that the pod has in a group. None for a pod that policies cannot tell from its
     * node (host network), that has no address, or that is over: its address may be another's by
     * now.
     */
    static Optional<GroupMember> record(String group, Pod pod) {
        String phase = pod.getStatus().getPhase();
        List<String> addresses = addresses(pod).map(IpAddress::toString).toList();
        if (pod.getSpec().getHostNetwork()
                || phase.equals("Succeeded")
                || phase.equals("Failed")
                || addresses.isEmpty()) {
            return Optional.empty();
        }
        Key key = Kinds.POD.key(pod.getMetadata());
        return Optional.of(
                GroupMember.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setName(key(group, key).name()))
                        .setGroup(group)
                        .addAllAddresses(addresses)
                        .addAllPorts(namedPorts(pod))
                        .build());
    }

    /** Of the pod's status, each once, IPv4 first. */
    static Stream<IpAddress> addresses(Pod pod) {
        return Stream.concat(
                        Stream.of(pod.getStatus().getPodIp()),
                        pod.getStatus().getPodIpsList().stream().map(PodIp::getIp))
                .map(IpAddress::parse)
                .flatMap(Optional::stream)
                .distinct()
                .sorted();
    }

    /** The container ports that have a name, with the protocol spelled out. */
    static List<NamedPort> namedPorts(Pod pod) {
        return pod.getSpec().getContainersList().stream()
                .map(Container::getPortsList)
                .flatMap(List::stream)
                .filter(port -> !port.getName().isEmpty())
                .map(
                        port ->
                                NamedPort.newBuilder()
                                        .setName(port.getName())
                                        .setProtocol(Protocol.of(port.getProtocol()).name())
                                        .setPort(port.getContainerPort())
                                        .build())
                .distinct()
                .toList();
    }
}
