package dev.weir.control;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.Failure;
import dev.weir.model.Failure.Reason;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.node.v1.WhyRequest;
import java.util.Optional;

/**
 * Which node can say what becomes of a connection: one that it goes to decides itself, about its
 * node ports; else where it begins, else where it arrives. Pure.
 */
final class WhichNode {
    private static final String EXTERNAL = "external";
    private static final String DEFAULT_NAMESPACE = "default";

    private final Image control;
    private final String namespace;

    private WhichNode(Image control, String namespace) {
        this.control = control;
        this.namespace = namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
    }

    /**
     * The node that the question names; else the one that is the destination; else that of the
     * source; else, if the source is outside, that of the destination's address. Empty when any
     * node will do.
     *
     * <p>Throws a FailureException for what does not exist, and for a pod that is nowhere.
     */
    static Optional<String> of(Image control, WhyRequest question) {
        WhichNode which = new WhichNode(control, question.getNamespace());
        Optional<String> node =
                question.getNode().isEmpty()
                        ? which.between(question.getSource(), question.getDestination())
                        : Optional.of(question.getNode());
        node.ifPresent(which::mustExist);
        return node;
    }

    private Optional<String> between(String source, String destination) {
        Optional<String> begins = ofSource(source);
        return IpAddress.parse(destination)
                .flatMap(this::nodeAt)
                .or(() -> begins)
                .or(() -> ofDestination(destination));
    }

    private Optional<String> ofSource(String source) {
        if (source.isEmpty()) {
            throw Failure.of(Reason.BAD_REQUEST, "source: must be given").asException();
        }
        if (source.equals(EXTERNAL)) {
            return Optional.empty();
        }
        int slash = source.indexOf('/');
        if (slash < 0) {
            Optional<IpAddress> address = IpAddress.parse(source);
            return address.isPresent()
                    ? ofAddress(address.get())
                    : Optional.of(ofPod(source).or(() -> named(source)).orElseThrow(none(source)));
        }
        String name = source.substring(slash + 1);
        return switch (source.substring(0, slash)) {
            case "node" -> Optional.of(name);
            case "pod" -> Optional.of(ofPod(name).orElseThrow(none(name)));
            default ->
                    throw Failure.of(
                                    Reason.BAD_REQUEST,
                                    "source: \""
                                            + source
                                            + "\": a connection comes from pod/NAME, node/NAME,"
                                            + " NAME, an address, or external")
                            .asException();
        };
    }

    private static java.util.function.Supplier<RuntimeException> none(String pod) {
        return () -> Failure.notFound(Kinds.POD, pod).asException();
    }

    /** Where packets arrive; of a Service that is anywhere, and its name the node's business. */
    private Optional<String> ofDestination(String destination) {
        String name = destination.substring(destination.indexOf('/') + 1);
        return switch (destination.substring(0, Math.max(0, destination.indexOf('/')))) {
            case "node" -> Optional.of(name);
            case "pod" -> Optional.of(ofPod(name).orElseThrow(none(name)));
            default -> IpAddress.parse(destination).flatMap(this::ofAddress);
        };
    }

    private Optional<String> ofPod(String name) {
        return control.find(Pod.class, Kinds.POD.key(namespace, name)).map(WhichNode::nodeOf);
    }

    private static String nodeOf(Pod pod) {
        if (pod.getSpec().getNodeName().isEmpty()) {
            throw Failure.of(
                            Reason.BAD_REQUEST,
                            "pods \"" + pod.getMetadata().getName() + "\" is on no node yet")
                    .asException();
        }
        return pod.getSpec().getNodeName();
    }

    private Optional<String> named(String name) {
        return control.find(Node.class, Kinds.NODE.key("", name))
                .map(node -> node.getMetadata().getName());
    }

    /** A node's address is the node's, whichever of its pods share it. */
    private Optional<String> ofAddress(IpAddress address) {
        return nodeAt(address).or(() -> ofPodAt(address));
    }

    private Optional<String> nodeAt(IpAddress address) {
        return control.all(Kinds.NODE, Node.class)
                .filter(
                        node ->
                                node.getStatus().getAddressesList().stream()
                                        .anyMatch(own -> is(own.getAddress(), address)))
                .map(node -> node.getMetadata().getName())
                .findFirst();
    }

    private Optional<String> ofPodAt(IpAddress address) {
        return control.all(Kinds.POD, Pod.class)
                .filter(pod -> !pod.getSpec().getNodeName().isEmpty() && has(pod, address))
                .map(WhichNode::nodeOf)
                .findFirst();
    }

    private static boolean has(Pod pod, IpAddress address) {
        return is(pod.getStatus().getPodIp(), address)
                || pod.getStatus().getPodIpsList().stream()
                        .map(PodIp::getIp)
                        .anyMatch(own -> is(own, address));
    }

    private static boolean is(String text, IpAddress address) {
        return IpAddress.parse(text).filter(address::equals).isPresent();
    }

    private void mustExist(String node) {
        if (named(node).isEmpty()) {
            throw Failure.notFound(Kinds.NODE, node).asException();
        }
    }
}
