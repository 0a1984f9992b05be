package dev.weir.agent.derive;

import com.google.protobuf.Message;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.FailureException;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Who is meant by a name or an address. An address costs a look at every pod; a name does not.
 *
 * @param namespace of names that do not say theirs
 */
record WhyNames(Image control, Image endpoint, NodeSettings here, String namespace) {
    private static final String OUTSIDE = "external";

    /** Throws a FailureException for what is nobody. */
    WhyEnd source(String asked) {
        if (asked.equals(OUTSIDE)) {
            return new WhyEnd(asked, List.of(), Optional.empty(), "");
        }
        return switch (kind(asked)) {
            case "pod" -> pod(asked, name(asked)).orElseThrow(() -> none(Kinds.POD, name(asked)));
            case "node" ->
                    node(asked, name(asked)).orElseThrow(() -> none(Kinds.NODE, name(asked)));
            case "" ->
                    IpAddress.parse(asked)
                            .map(address -> at(asked, address))
                            .or(() -> pod(asked, asked))
                            .or(() -> node(asked, asked))
                            .orElseThrow(() -> none(Kinds.POD, asked));
            default ->
                    throw bad(
                            "\""
                                    + asked
                                    + "\" is no client; there are pod/NAME, node/NAME, an address,"
                                    + " and external");
        };
    }

    /** Throws a FailureException for what is nobody. */
    WhyEnd destination(String asked) {
        return switch (kind(asked)) {
            case "service" ->
                    service(asked, Kinds.SERVICE.key(namespace, name(asked)))
                            .orElseThrow(() -> none(Kinds.SERVICE, name(asked)));
            case "pod" -> pod(asked, name(asked)).orElseThrow(() -> none(Kinds.POD, name(asked)));
            case "node" ->
                    node(asked, name(asked)).orElseThrow(() -> none(Kinds.NODE, name(asked)));
            case "" ->
                    IpAddress.parse(asked)
                            .map(address -> at(asked, address))
                            .or(() -> service(asked, inDns(asked)))
                            .or(() -> pod(asked, asked))
                            .orElseThrow(() -> none(Kinds.SERVICE, inDns(asked).name()));
            default ->
                    throw bad(
                            "\""
                                    + asked
                                    + "\" is no destination; there are service/NAME, pod/NAME,"
                                    + " node/NAME, a name as in DNS, and an address");
        };
    }

    /** Before the slash; empty without one. */
    private static String kind(String asked) {
        if (asked.isEmpty()) {
            throw bad("both ends of the connection have to be said");
        }
        return asked.substring(0, Math.max(0, asked.indexOf('/')));
    }

    private static String name(String asked) {
        return asked.substring(asked.indexOf('/') + 1);
    }

    /** NAME, NAME.NAMESPACE, NAME.NAMESPACE.svc, with or without the cluster's domain. */
    private Key inDns(String asked) {
        String[] labels = asked.split("\\.");
        boolean qualified = labels.length == 2 || labels.length > 2 && labels[2].equals("svc");
        return qualified
                ? Kinds.SERVICE.key(labels[1], labels[0])
                : Kinds.SERVICE.key(namespace, asked);
    }

    private Optional<WhyEnd> service(String asked, Key key) {
        return endpoint.find(Service.class, key)
                .map(service -> new WhyEnd(asked, Claim.clusterIps(service), Optional.of(key), ""));
    }

    private Optional<WhyEnd> pod(String asked, String name) {
        Key key = Kinds.POD.key(namespace, name);
        return control.find(Pod.class, key).map(pod -> pod(asked, key, pod));
    }

    private static WhyEnd pod(String asked, Key key, Pod pod) {
        List<IpAddress> addresses = addresses(pod);
        if (addresses.isEmpty()) {
            throw bad("pod \"" + key.name() + "\" has no address yet");
        }
        return new WhyEnd(asked, addresses, Optional.of(key), pod.getSpec().getNodeName());
    }

    private static List<IpAddress> addresses(Pod pod) {
        return Stream.concat(
                        Stream.of(pod.getStatus().getPodIp()),
                        pod.getStatus().getPodIpsList().stream().map(PodIp::getIp))
                .flatMap(text -> IpAddress.parse(text).stream())
                .distinct()
                .toList();
    }

    private Optional<WhyEnd> node(String asked, String name) {
        Key key = Kinds.NODE.key("", name);
        return control.find(Node.class, key)
                .map(
                        node ->
                                new WhyEnd(
                                        asked,
                                        name.equals(here.nodeName())
                                                ? here.addresses()
                                                : addresses(node),
                                        Optional.of(key),
                                        name));
    }

    private static List<IpAddress> addresses(Node node) {
        return node.getStatus().getAddressesList().stream()
                .map(NodeAddress::getAddress)
                .flatMap(text -> IpAddress.parse(text).stream())
                .toList();
    }

    /** Nodes come first, since a pod may use its node's address. */
    private WhyEnd at(String asked, IpAddress address) {
        Optional<Key> node =
                here.addresses().contains(address)
                        ? Optional.of(Kinds.NODE.key("", here.nodeName()))
                        : first(
                                Kinds.NODE,
                                Node.class,
                                candidate -> addresses(candidate).contains(address));
        Optional<Key> pod =
                node.isPresent()
                        ? Optional.empty()
                        : first(
                                Kinds.POD,
                                Pod.class,
                                candidate -> addresses(candidate).contains(address));
        String on =
                node.map(Key::name)
                        .or(
                                () ->
                                        pod.flatMap(key -> control.find(Pod.class, key))
                                                .map(found -> found.getSpec().getNodeName()))
                        .orElse("");
        return new WhyEnd(asked, List.of(address), node.or(() -> pod), on);
    }

    private <M extends Message> Optional<Key> first(
            Kind kind, Class<M> type, Predicate<M> condition) {
        return control
                .objects()
                .subMap(new Key(kind.name(), "", ""), new Key(kind.name() + "\0", "", ""))
                .entrySet()
                .stream()
                .filter(entry -> condition.test(type.cast(entry.getValue().value())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    static FailureException bad(String message) {
        return Failure.of(Reason.BAD_REQUEST, message).asException();
    }

    private static FailureException none(Kind kind, String name) {
        return Failure.notFound(kind, name).asException();
    }
}
