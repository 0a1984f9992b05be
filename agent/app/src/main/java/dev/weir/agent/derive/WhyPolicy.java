package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Image;
import dev.weir.core.v1.Pod;
import dev.weir.model.Filter;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LocalPod;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.policy.compile.Compile;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What network policies make of a connection between two addresses, as far as this node judges. */
record WhyPolicy(NodeImage image, NodeSettings here) {

    /**
     * Why the connection is dropped here; empty if it is not. A pod of another node is judged
     * there. A pod may always reach itself, and the node all of its pods.
     *
     * @param client as it is before any masquerading; empty for one outside of which no address is
     *     known
     * @param target after any Service
     */
    Optional<String> denial(
            Optional<IpAddress> client, IpAddress target, Protocol protocol, int port) {
        if (client.filter(it -> it.equals(target) || here.addresses().contains(it)).isPresent()) {
            return Optional.empty();
        }
        Optional<String> egress =
                client.flatMap(this::local)
                        .filter(pod -> !allows(pod.egress(), target, protocol, port))
                        .map(pod -> words("egress", pod.pod()));
        return egress.or(
                () ->
                        client.flatMap(
                                peer ->
                                        local(target)
                                                .filter(
                                                        pod ->
                                                                !allows(
                                                                        pod.ingress(),
                                                                        peer,
                                                                        protocol,
                                                                        port))
                                                .map(pod -> words("ingress", pod.pod()))));
    }

    private Optional<LocalPod> local(IpAddress address) {
        return image.pods().values().stream()
                .filter(pod -> pod.addresses().contains(address))
                .findFirst();
    }

    private boolean allows(Filter filter, IpAddress peer, Protocol protocol, int port) {
        return switch (filter) {
            case Filter.Open open -> true;
            case Filter.Isolated(var rules) ->
                    rules.stream()
                            .anyMatch(
                                    rule ->
                                            isPeer(rule.peer(), peer)
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

    private boolean isPeer(Filter.Peer peer, IpAddress address) {
        return switch (peer) {
            case Filter.Anyone anyone -> true;
            case Filter.Group(var name) ->
                    image.groups().getOrDefault(name, Set.of()).contains(address);
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
