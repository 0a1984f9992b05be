package dev.weir.policy.compile;

import dev.weir.core.v1.Pod;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Filter.Peer;
import dev.weir.model.Filter.Ports;
import dev.weir.model.IpAddress;
import dev.weir.model.LabelSelectors;
import dev.weir.model.Protocol;
import dev.weir.model.ShortHash;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NamedPort;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns the policies of a namespace into the filters of one pod (networking.k8s.io/v1
 * NetworkPolicy).
 *
 * <p>The filters depend on the pod, its namespace's policies and, where an egress rule names a
 * port, on the members of the rule's groups; on nothing else. Policies that allow the same give
 * equal filters.
 */
public final class Compile {
    private final Pod pod;
    private final Function<String, Collection<GroupMember>> members;
    private final Map<String, Set<IpAddress>> narrowed = new HashMap<>();

    private Compile(Pod pod, Function<String, Collection<GroupMember>> members) {
        this.pod = pod;
        this.members = members;
    }

    /**
     * What the policies make of a pod.
     *
     * @param narrowed groups that exist only here, with their members: those of a group whose port
     *     of some name has one number. All other groups that the filters name are in the policy
     *     shard, or empty.
     */
    public record Compiled(Filter ingress, Filter egress, Map<String, Set<IpAddress>> narrowed) {
        public Compiled {
            narrowed = Map.copyOf(narrowed);
        }
    }

    /** For a pod that is not known yet: nothing passes until it is. */
    public static final Compiled CLOSED = new Compiled(Filter.CLOSED, Filter.CLOSED, Map.of());

    /**
     * Compiles the filters of a pod.
     *
     * @param policies all of the pod's namespace
     * @param members the records of a group, by its id
     */
    public static Compiled compile(
            Pod pod,
            Collection<NetworkPolicy> policies,
            Function<String, Collection<GroupMember>> members) {
        Compile compile = new Compile(pod, members);
        List<NetworkPolicy> selecting =
                policies.stream().filter(policy -> selects(policy, pod)).toList();
        return new Compiled(
                compile.filter(selecting, Direction.INGRESS),
                compile.filter(selecting, Direction.EGRESS),
                compile.narrowed);
    }

    /** Whether the policy is about the pod. */
    public static boolean selects(NetworkPolicy policy, Pod pod) {
        return policy.getMetadata().getNamespace().equals(pod.getMetadata().getNamespace())
                && LabelSelectors.matches(
                        policy.getSpec().getPodSelector(), pod.getMetadata().getLabelsMap());
    }

    /**
     * The groups whose members' named ports decide about the filters of pods that the policy
     * selects.
     */
    public static Set<String> groupsReadFor(NetworkPolicy policy) {
        Set<String> groups = new HashSet<>();
        for (Rule rule : Rule.of(policy, Direction.EGRESS)) {
            if (rule.namesPorts()) {
                groups(rule, policy).forEach(groups::add);
            }
        }
        return groups;
    }

    private Filter filter(List<NetworkPolicy> selecting, Direction direction) {
        List<NetworkPolicy> isolating = selecting.stream().filter(direction::isIsolatedBy).toList();
        if (isolating.isEmpty()) {
            return Filter.OPEN;
        }
        Allows allows = new Allows();
        for (NetworkPolicy policy : isolating) {
            for (Rule rule : Rule.of(policy, direction)) {
                PortSet numeric = PortSet.numeric(rule);
                PortSet ports =
                        direction == Direction.INGRESS ? numeric.or(ownNamed(rule)) : numeric;
                peers(rule, policy).forEach(peer -> allows.add(peer, ports));
                if (direction == Direction.EGRESS) {
                    groups(rule, policy).forEach(group -> addTheirNamed(rule, group, allows));
                }
            }
        }
        return allows.filter();
    }

    /**
     * A named port of an ingress rule is this pod's. A name it does not have stands for no port.
     */
    private PortSet ownNamed(Rule rule) {
        PortSet ports = PortSet.NONE;
        for (NetworkPolicyPort named : named(rule)) {
            for (NamedPort own : Members.namedPorts(pod)) {
                ports = is(own, named) ? ports.or(range(own)) : ports;
            }
        }
        return ports;
    }

    /**
     * A named port of an egress rule is each destination's: one narrower group for each number that
     * it has.
     */
    private void addTheirNamed(Rule rule, String group, Allows allows) {
        for (NetworkPolicyPort named : named(rule)) {
            Map<NamedPort, List<GroupMember>> byPort = new HashMap<>();
            for (GroupMember member : members.apply(group)) {
                member.getPortsList().stream()
                        .filter(port -> is(port, named))
                        .distinct()
                        .forEach(
                                port ->
                                        byPort.computeIfAbsent(port, absent -> new ArrayList<>())
                                                .add(member));
            }
            byPort.forEach(
                    (port, having) -> {
                        String narrow = narrow(group, port);
                        narrowed.put(narrow, Members.addresses(having));
                        allows.add(new Filter.Group(narrow), range(port));
                    });
        }
    }

    private static String narrow(String group, NamedPort port) {
        return ShortHash.of(
                group + "/" + port.getProtocol() + "/" + port.getName() + "/" + port.getPort());
    }

    private static List<NetworkPolicyPort> named(Rule rule) {
        return rule.ports().stream().filter(port -> port.getPort().hasStrVal()).toList();
    }

    private static boolean is(NamedPort port, NetworkPolicyPort named) {
        return port.getName().equals(named.getPort().getStrVal())
                && Protocol.of(port.getProtocol()) == Protocol.of(named.getProtocol());
    }

    private static PortSet range(NamedPort port) {
        return PortSet.of(
                new Ports(Protocol.of(port.getProtocol()), port.getPort(), port.getPort()));
    }

    private static List<Peer> peers(Rule rule, NetworkPolicy policy) {
        return rule.peers().isEmpty()
                ? List.of(new Filter.Anyone())
                : rule.peers().stream().flatMap(peer -> peer(peer, policy).stream()).toList();
    }

    private static Optional<Peer> peer(NetworkPolicyPeer peer, NetworkPolicy policy) {
        return peer.hasIpBlock()
                ? block(peer.getIpBlock())
                : Optional.of(new Filter.Group(group(peer, policy)));
    }

    private static List<String> groups(Rule rule, NetworkPolicy policy) {
        return rule.peers().isEmpty()
                ? List.of(GroupSelector.EVERY_POD.id())
                : rule.peers().stream()
                        .filter(peer -> !peer.hasIpBlock())
                        .map(peer -> group(peer, policy))
                        .toList();
    }

    private static String group(NetworkPolicyPeer peer, NetworkPolicy policy) {
        return GroupSelector.of(policy.getMetadata().getNamespace(), peer).id();
    }

    /** None for text that is no range: what cannot be understood allows nothing. */
    private static Optional<Peer> block(PolicyIpBlock block) {
        List<Optional<Cidr>> except = block.getExceptList().stream().map(Cidr::parse).toList();
        if (except.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        return Cidr.parse(block.getCidr())
                .map(
                        cidr ->
                                new Filter.Block(
                                        cidr,
                                        except.stream()
                                                .flatMap(Optional::stream)
                                                .sorted()
                                                .distinct()
                                                .toList()));
    }

    /** The groups that a filter names. */
    public static Set<String> groups(Filter filter) {
        return switch (filter) {
            case Filter.Open open -> Set.of();
            case Filter.Isolated(var rules) -> {
                Set<String> groups = new HashSet<>();
                for (Filter.Allow rule : rules) {
                    switch (rule.peer()) {
                        case Filter.Group(var name) -> groups.add(name);
                        case Filter.Anyone anyone -> {}
                        case Filter.Block block -> {}
                    }
                }
                yield groups;
            }
        };
    }
}
