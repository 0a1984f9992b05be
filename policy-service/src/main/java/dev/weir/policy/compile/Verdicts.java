package dev.weir.policy.compile;

import dev.weir.changes.Image;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Pod;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import dev.weir.policy.v1.PolicyIpBlock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges single connections by reading the policies literally, rule by rule, as an oracle for what
 * {@link Compile} makes of them and to explain a refusal. Shares no code with it but the matching
 * of selectors and ranges. Immutable.
 */
public final class Verdicts {
    private static final Comparator<NetworkPolicy> BY_KEY = Comparator.comparing(Verdicts::key);

    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private final Map<IpAddress, Pod> pods = new HashMap<>();
    private final List<NetworkPolicy> policies;

    public Verdicts(
            Collection<Namespace> namespaces,
            Collection<Pod> pods,
            Collection<NetworkPolicy> policies) {
        for (Namespace namespace : namespaces) {
            this.namespaces.put(
                    namespace.getMetadata().getName(), namespace.getMetadata().getLabelsMap());
        }
        for (Pod pod : pods) {
            if (!pod.getSpec().getHostNetwork() && !isOver(pod)) {
                Members.addresses(pod).forEach(address -> this.pods.put(address, pod));
            }
        }
        this.policies = policies.stream().sorted(BY_KEY).toList();
    }

    public static Verdicts of(Image control, Image policy) {
        return new Verdicts(
                control.all(Kinds.NAMESPACE, Namespace.class).toList(),
                control.all(Kinds.POD, Pod.class).toList(),
                policy.all(Kinds.NETWORK_POLICY, NetworkPolicy.class).toList());
    }

    /**
     * One connection as the destination sees it, so after any Service; source and destination of
     * one family.
     *
     * @param port 0 to 65535
     */
    public record Connection(
            IpAddress source, IpAddress destination, Protocol protocol, int port) {}

    /** Who may talk to whom; an address that is no pod's is outside, where no policy counts. */
    public Verdict judge(Connection connection) {
        Optional<Pod> source = pod(connection.source());
        Optional<Pod> destination = pod(connection.destination());
        if (source.isPresent() && source.equals(destination)) {
            Verdict.Open itself = new Verdict.Open("a pod may always reach itself");
            return new Verdict(itself, itself);
        }
        return new Verdict(
                side(source, "Egress", connection.destination(), connection),
                side(destination, "Ingress", connection.source(), connection));
    }

    private Verdict.Side side(
            Optional<Pod> subject, String type, IpAddress other, Connection connection) {
        if (subject.isEmpty()) {
            return new Verdict.Open("no pod has this address");
        }
        List<Key> isolating = new ArrayList<>();
        Optional<Verdict.NearMiss> nearest = Optional.empty();
        for (NetworkPolicy policy : policies) {
            if (!isolates(policy, subject.get(), type)) {
                continue;
            }
            isolating.add(key(policy));
            List<Clause> clauses = clauses(policy, type);
            for (int i = 0; i < clauses.size(); i++) {
                boolean peer = peerFits(clauses.get(i), policy, other);
                boolean port = portFits(clauses.get(i), connection, true);
                if (allows(clauses.get(i), policy, type, other, connection)) {
                    return new Verdict.AllowedBy(key(policy), i);
                }
                if ((peer || port) && nearest.filter(Verdict.NearMiss::peerFits).isEmpty()) {
                    nearest = Optional.of(new Verdict.NearMiss(key(policy), i, peer));
                }
            }
        }
        return isolating.isEmpty()
                ? new Verdict.Open("no policy isolates it")
                : new Verdict.Refused(isolating, nearest);
    }

    private static boolean isolates(NetworkPolicy policy, Pod subject, String type) {
        return policy.getMetadata().getNamespace().equals(subject.getMetadata().getNamespace())
                && LabelSelectors.matches(
                        policy.getSpec().getPodSelector(), subject.getMetadata().getLabelsMap())
                && types(policy).contains(type);
    }

    private static List<String> types(NetworkPolicy policy) {
        if (policy.getSpec().getPolicyTypesCount() > 0) {
            return policy.getSpec().getPolicyTypesList();
        }
        return policy.getSpec().getEgressCount() > 0
                ? List.of("Ingress", "Egress")
                : List.of("Ingress");
    }

    /** A rule of either direction. */
    private record Clause(List<NetworkPolicyPeer> peers, List<NetworkPolicyPort> ports) {}

    private static List<Clause> clauses(NetworkPolicy policy, String type) {
        return type.equals("Ingress")
                ? policy.getSpec().getIngressList().stream()
                        .map(rule -> new Clause(rule.getFromList(), rule.getPortsList()))
                        .toList()
                : policy.getSpec().getEgressList().stream()
                        .map(rule -> new Clause(rule.getToList(), rule.getPortsList()))
                        .toList();
    }

    /** A named port is the destination's, and addresses that a rule sends to have no names. */
    private boolean allows(
            Clause clause,
            NetworkPolicy policy,
            String type,
            IpAddress other,
            Connection connection) {
        if (clause.peers().isEmpty()) {
            return portFits(clause, connection, true);
        }
        return clause.peers().stream()
                .filter(peer -> fits(peer, policy, other))
                .anyMatch(
                        peer ->
                                portFits(
                                        clause,
                                        connection,
                                        type.equals("Ingress") || !peer.hasIpBlock()));
    }

    private boolean peerFits(Clause clause, NetworkPolicy policy, IpAddress other) {
        return clause.peers().isEmpty()
                || clause.peers().stream().anyMatch(peer -> fits(peer, policy, other));
    }

    private boolean fits(NetworkPolicyPeer peer, NetworkPolicy policy, IpAddress other) {
        if (peer.hasIpBlock()) {
            return fits(peer.getIpBlock(), other);
        }
        Optional<Pod> pod = pod(other);
        if (pod.isEmpty()) {
            return false;
        }
        String home = pod.get().getMetadata().getNamespace();
        Map<String, String> homeLabels = namespaces.get(home);
        boolean there =
                peer.hasNamespaceSelector()
                        ? homeLabels != null
                                && LabelSelectors.matches(peer.getNamespaceSelector(), homeLabels)
                        : home.equals(policy.getMetadata().getNamespace());
        return there
                && (!peer.hasPodSelector()
                        || LabelSelectors.matches(
                                peer.getPodSelector(), pod.get().getMetadata().getLabelsMap()));
    }

    private static boolean fits(PolicyIpBlock block, IpAddress other) {
        return Cidr.of(block.getCidr()).contains(other)
                && block.getExceptList().stream()
                        .map(Cidr::of)
                        .noneMatch(except -> except.contains(other));
    }

    private boolean portFits(Clause clause, Connection connection, boolean names) {
        return clause.ports().isEmpty()
                || clause.ports().stream()
                        .filter(port -> names || !port.getPort().hasStrVal())
                        .anyMatch(port -> fits(port, connection));
    }

    private boolean fits(NetworkPolicyPort port, Connection connection) {
        if (Protocol.of(port.getProtocol()) != connection.protocol()) {
            return false;
        }
        return switch (port.getPort().getValueCase()) {
            case VALUE_NOT_SET -> true;
            case INT_VAL ->
                    port.hasEndPort()
                            ? connection.port() >= port.getPort().getIntVal()
                                    && connection.port() <= port.getEndPort()
                            : connection.port() == port.getPort().getIntVal();
            case STR_VAL ->
                    pod(connection.destination()).stream()
                            .flatMap(pod -> pod.getSpec().getContainersList().stream())
                            .flatMap(container -> container.getPortsList().stream())
                            .filter(own -> own.getName().equals(port.getPort().getStrVal()))
                            .filter(own -> Protocol.of(own.getProtocol()) == connection.protocol())
                            .anyMatch(own -> own.getContainerPort() == connection.port());
        };
    }

    private Optional<Pod> pod(IpAddress address) {
        return Optional.ofNullable(pods.get(address));
    }

    private static boolean isOver(Pod pod) {
        String phase = pod.getStatus().getPhase();
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static Key key(NetworkPolicy policy) {
        return Kinds.NETWORK_POLICY.key(policy.getMetadata());
    }
}
