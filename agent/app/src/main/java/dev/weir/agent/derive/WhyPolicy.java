package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Image;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.Filter;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LocalPod;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.policy.compile.Compile;
import dev.weir.policy.compile.Members;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What network policies make of a connection between two addresses: what this node judges, and what
 * the node of a pod elsewhere will, by the same state. For one question.
 */
final class WhyPolicy {
    private final NodeImage image;
    private final NodeSettings here;
    private final Map<String, Set<IpAddress>> members = new HashMap<>();

    /** Those with policies around; once they were needed. */
    private @Nullable Map<IpAddress, Pod> elsewhere;

    WhyPolicy(NodeImage image, NodeSettings here) {
        this.image = image;
        this.here = here;
    }

    /**
     * Why the connection is dropped; empty if it is not. A pod may always reach itself, and the
     * node all of its pods. What the egress of a pod elsewhere says is asked there.
     *
     * @param client as it is before any masquerading; empty for one outside of which no address is
     *     known
     * @param seen whom another node sees: the client, or this node if it masquerades
     * @param target after any Service
     */
    Optional<String> denial(
            Optional<IpAddress> client,
            Optional<IpAddress> seen,
            IpAddress target,
            Protocol protocol,
            int port) {
        if (client.filter(target::equals).isPresent()) {
            return Optional.empty();
        }
        Optional<String> egress =
                client.flatMap(this::local)
                        .filter(
                                pod ->
                                        !allows(
                                                pod.egress(),
                                                this::programmed,
                                                target,
                                                protocol,
                                                port))
                        .map(pod -> words("egress", pod.pod()));
        Optional<LocalPod> there = local(target);
        return egress.or(
                () ->
                        there.isPresent()
                                ? client.filter(peer -> !here.addresses().contains(peer))
                                        .filter(
                                                peer ->
                                                        !allows(
                                                                there.get().ingress(),
                                                                this::programmed,
                                                                peer,
                                                                protocol,
                                                                port))
                                        .map(peer -> words("ingress", there.get().pod()))
                                : seen.flatMap(peer -> elsewhere(peer, target, protocol, port)));
    }

    private Optional<LocalPod> local(IpAddress address) {
        return image.pods().values().stream()
                .filter(pod -> pod.addresses().contains(address))
                .findFirst();
    }

    private Set<IpAddress> programmed(String group) {
        return image.groups().getOrDefault(group, Set.of());
    }

    /** Why the node of the pod at the address will drop it. */
    private Optional<String> elsewhere(
            IpAddress peer, IpAddress target, Protocol protocol, int port) {
        if (elsewhere == null) {
            elsewhere = podsElsewhere();
        }
        Pod pod = elsewhere.get(target);
        if (pod == null) {
            return Optional.empty();
        }
        Image policy = shard(Shards.POLICY);
        Compile.Compiled filters =
                Compile.compile(
                        pod,
                        policy.in(
                                        Kinds.NETWORK_POLICY,
                                        pod.getMetadata().getNamespace(),
                                        NetworkPolicy.class)
                                .toList(),
                        group -> Members.of(policy, group));
        Function<String, Set<IpAddress>> groups =
                group ->
                        Optional.ofNullable(filters.narrowed().get(group))
                                .orElseGet(() -> members(group));
        return allows(filters.ingress(), groups, peer, protocol, port)
                ? Optional.empty()
                : Optional.of(
                        words("ingress", Kinds.POD.key(pod.getMetadata()))
                                + ", as node "
                                + pod.getSpec().getNodeName()
                                + " judges");
    }

    private Set<IpAddress> members(String group) {
        return members.computeIfAbsent(
                group, name -> Members.addresses(Members.of(shard(Shards.POLICY), name)));
    }

    /** By their addresses, those in namespaces that have policies. Costs the pods of these. */
    private Map<IpAddress, Pod> podsElsewhere() {
        Map<IpAddress, Pod> pods = new HashMap<>();
        shard(Shards.POLICY)
                .all(Kinds.NETWORK_POLICY, NetworkPolicy.class)
                .map(policy -> policy.getMetadata().getNamespace())
                .distinct()
                .flatMap(namespace -> shard(Shards.CONTROL).in(Kinds.POD, namespace, Pod.class))
                .filter(WhyPolicy::isJudged)
                .filter(pod -> !pod.getSpec().getNodeName().equals(here.nodeName()))
                .forEach(
                        pod ->
                                Stream.concat(
                                                Stream.of(pod.getStatus().getPodIp()),
                                                pod.getStatus().getPodIpsList().stream()
                                                        .map(PodIp::getIp))
                                        .flatMap(text -> IpAddress.parse(text).stream())
                                        .forEach(address -> pods.put(address, pod)));
        return pods;
    }

    /**
     * One on the host's network cannot be told from its node; the address of one that is over may
     * be another's.
     */
    private static boolean isJudged(Pod pod) {
        String phase = pod.getStatus().getPhase();
        return !pod.getSpec().getHostNetwork()
                && !pod.getSpec().getNodeName().isEmpty()
                && !phase.equals("Succeeded")
                && !phase.equals("Failed");
    }

    private static boolean allows(
            Filter filter,
            Function<String, Set<IpAddress>> groups,
            IpAddress peer,
            Protocol protocol,
            int port) {
        return switch (filter) {
            case Filter.Open open -> true;
            case Filter.Isolated(var rules) ->
                    rules.stream()
                            .anyMatch(
                                    rule ->
                                            isPeer(rule.peer(), groups, peer)
                                                    && (rule.ports().isEmpty()
                                                            || rule.ports().stream()
                                                                    .anyMatch(
                                                                            it ->
                                                                                    has(
                                                                                            it,
                                                                                            protocol,
                                                                                            port))));
        };
    }

    private static boolean isPeer(
            Filter.Peer peer, Function<String, Set<IpAddress>> groups, IpAddress address) {
        return switch (peer) {
            case Filter.Anyone anyone -> true;
            case Filter.Group(var name) -> groups.apply(name).contains(address);
            case Filter.Block(var cidr, var except) ->
                    cidr.contains(address)
                            && except.stream().noneMatch(range -> range.contains(address));
        };
    }

    private static boolean has(Filter.Ports ports, Protocol protocol, int port) {
        return ports.protocol() == protocol && ports.first() <= port && port <= ports.last();
    }

    private String words(String direction, Key pod) {
        Image control = shard(Shards.CONTROL);
        String policies =
                control.find(Pod.class, pod).stream()
                        .flatMap(
                                found ->
                                        shard(Shards.POLICY)
                                                .in(
                                                        Kinds.NETWORK_POLICY,
                                                        pod.namespace(),
                                                        NetworkPolicy.class)
                                                .filter(policy -> Compile.selects(policy, found)))
                        .filter(policy -> isFor(direction, policy))
                        .map(policy -> policy.getMetadata().getName())
                        .sorted()
                        .collect(Collectors.joining(", "));
        return policies.isEmpty()
                ? pod + " is not known to this node yet, so nothing passes"
                : "no rule allows it; the "
                        + direction
                        + " of "
                        + pod
                        + " is limited by "
                        + "NetworkPolicy "
                        + policies;
    }

    private static boolean isFor(String direction, NetworkPolicy policy) {
        return policy.getSpec().getPolicyTypesList().stream().anyMatch(direction::equalsIgnoreCase);
    }

    private Image shard(String name) {
        return image.shards().getOrDefault(name, Image.empty(name));
    }
}
