package dev.weir.policy.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.policy.v1.GroupMember;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster in memory whose connections are judged twice: literally from the policies, and by the
 * filters and groups that are derived from them step by step.
 */
final class World {
    private final Groups groups = new Groups();
    private final Map<String, IpAddress> outside = new HashMap<>();
    private Image control = Image.empty(Shards.CONTROL);
    private Image policy = Image.empty(Shards.POLICY);

    World namespace(String name, String... labels) {
        return control(
                Kinds.NAMESPACE.key("", name),
                Optional.of(
                        Namespace.newBuilder()
                                .setMetadata(
                                        ObjectMeta.newBuilder()
                                                .setName(name)
                                                .putLabels("kubernetes.io/metadata.name", name)
                                                .putAllLabels(pairs(labels)))
                                .build()));
    }

    /** With the addresses 10.244.0.n and fd00::n. */
    static Pod.Builder pod(String namespace, String name, int number, String... labels) {
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(namespace)
                                .setName(name)
                                .putAllLabels(pairs(labels)))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPhase("Running")
                                .addPodIps(PodIp.newBuilder().setIp("10.244.0." + number))
                                .addPodIps(
                                        PodIp.newBuilder()
                                                .setIp("fd00::" + Integer.toHexString(number))));
    }

    static Pod.Builder containerPort(Pod.Builder pod, String name, int number, String protocol) {
        pod.getSpecBuilder()
                .addContainers(
                        Container.newBuilder()
                                .addPorts(
                                        ContainerPort.newBuilder()
                                                .setName(name)
                                                .setContainerPort(number)
                                                .setProtocol(protocol)));
        return pod;
    }

    private static Map<String, String> pairs(String... labels) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            pairs.put(labels[i], labels[i + 1]);
        }
        return pairs;
    }

    World pod(Pod.Builder pod) {
        return control(Kinds.POD.key(pod.getMetadata()), Optional.of(pod.build()));
    }

    World outside(String name, String address) {
        outside.put(name, IpAddress.of(address));
        return this;
    }

    World policy(NetworkPolicy object) {
        return policy(Kinds.NETWORK_POLICY.key(object.getMetadata()), Optional.of(object));
    }

    World control(Key key, Optional<Message> value) {
        Step step = step(control, new TreeMap<>(Map.of(key, value)));
        control = step.to();
        write(groups.derive(step, Step.still(policy)));
        return this;
    }

    World policy(Key key, Optional<Message> value) {
        Step step = step(policy, new TreeMap<>(Map.of(key, value)));
        policy = step.to();
        write(groups.derive(Step.still(control), step));
        return this;
    }

    /** Writes derived records, which derive to nothing. */
    private void write(SortedMap<Key, Optional<Message>> changes) {
        Step own = step(policy, changes);
        policy = own.to();
        assertThat(groups.derive(Step.still(control), own)).isEmpty();
    }

    private static Step step(Image image, SortedMap<Key, Optional<Message>> writes) {
        long revision = image.revision() + 1;
        TreeMap<Key, Change> delta = new TreeMap<>();
        writes.forEach(
                (key, value) ->
                        delta.put(
                                key,
                                value.<Change>map(put -> new Change.Put(put, revision))
                                        .orElse(new Change.Remove(revision))));
        return Step.of(image, new Delta(image.shard(), "log", revision, image.after(), delta));
    }

    Image control() {
        return control;
    }

    Image policy() {
        return policy;
    }

    /** Members by group, as the policy shard has them. */
    long members() {
        return policy.all(Kinds.GROUP_MEMBER, GroupMember.class).count();
    }

    Compile.Compiled compiled(Pod pod) {
        return Compile.compile(
                pod,
                policy.in(
                                Kinds.NETWORK_POLICY,
                                pod.getMetadata().getNamespace(),
                                NetworkPolicy.class)
                        .toList(),
                group -> Members.of(policy, group));
    }

    Pod find(String qualified) {
        int slash = qualified.indexOf('/');
        return control.find(
                        Pod.class,
                        Kinds.POD.key(
                                qualified.substring(0, slash), qualified.substring(slash + 1)))
                .orElseThrow();
    }

    /**
     * Whether a connection is allowed: "." for yes, "E" refused by the source's side, "I" by the
     * destination's, "X" by both. Both ways of judging agree, or this throws.
     *
     * @param from a pod as NAMESPACE/NAME, or the name of something outside
     */
    String verdict(String from, String to, Protocol protocol, int port) {
        return verdict(from, to, false, protocol, port);
    }

    String verdict(String from, String to, boolean v6, Protocol protocol, int port) {
        IpAddress source = address(from, v6);
        IpAddress destination = address(to, v6);
        Verdict judged =
                Verdicts.of(control, policy)
                        .judge(new Verdicts.Connection(source, destination, protocol, port));
        boolean leaves =
                isOutside(from)
                        || passes(find(from), Direction.EGRESS, destination, protocol, port);
        boolean enters =
                isOutside(to) || passes(find(to), Direction.INGRESS, source, protocol, port);
        String compiled = letter(leaves, enters);
        assertThat(compiled)
                .as("%s -> %s %s/%d: compiled, against %s", from, to, protocol, port, judged)
                .isEqualTo(letter(judged.egress().passes(), judged.ingress().passes()));
        return compiled;
    }

    private static String letter(boolean leaves, boolean enters) {
        return leaves ? (enters ? "." : "I") : (enters ? "E" : "X");
    }

    private boolean isOutside(String name) {
        return outside.containsKey(name);
    }

    private IpAddress address(String name, boolean v6) {
        IpAddress address = outside.get(name);
        return address != null
                ? address
                : Members.addresses(find(name))
                        .filter(candidate -> candidate.v6() == v6)
                        .findFirst()
                        .orElseThrow();
    }

    private boolean passes(
            Pod pod, Direction direction, IpAddress other, Protocol protocol, int port) {
        Compile.Compiled compiled = compiled(pod);
        Filter filter = direction == Direction.INGRESS ? compiled.ingress() : compiled.egress();
        return switch (filter) {
            case Filter.Open open -> true;
            case Filter.Isolated(var rules) ->
                    rules.stream()
                            .filter(rule -> covers(rule, protocol, port))
                            .anyMatch(rule -> contains(rule.peer(), other, compiled.narrowed()));
        };
    }

    private static boolean covers(Filter.Allow rule, Protocol protocol, int port) {
        return rule.ports().isEmpty()
                || rule.ports().stream()
                        .anyMatch(
                                ports ->
                                        ports.protocol() == protocol
                                                && ports.first() <= port
                                                && port <= ports.last());
    }

    private boolean contains(
            Filter.Peer peer, IpAddress other, Map<String, Set<IpAddress>> narrowed) {
        return switch (peer) {
            case Filter.Anyone anyone -> true;
            case Filter.Group(var name) ->
                    narrowed.getOrDefault(name, Members.addresses(Members.of(policy, name)))
                            .contains(other);
            case Filter.Block(var cidr, var except) ->
                    cidr.contains(other)
                            && except.stream().noneMatch((Cidr range) -> range.contains(other));
        };
    }
}
