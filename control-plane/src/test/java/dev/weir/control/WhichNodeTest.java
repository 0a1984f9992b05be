package dev.weir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.node.v1.WhyRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhichNodeTest {
    /** Two nodes with a pod each, one that is nowhere, and one that shares its node's address. */
    static final Image CONTROL =
            Image.empty("control")
                    .apply(
                            new Delta(
                                    "control",
                                    "log-1",
                                    1,
                                    Frontier.EMPTY,
                                    new TreeMap<>(
                                            Map.<Key, Change>of(
                                                    Kinds.NODE.key("", "n1"),
                                                    new Change.Put(
                                                            node("n1", "192.0.2.1", "fd00::1"), 1),
                                                    Kinds.NODE.key("", "n2"),
                                                    new Change.Put(
                                                            node("n2", "192.0.2.2", "fd00::2"), 1),
                                                    Kinds.POD.key("default", "a"),
                                                    new Change.Put(
                                                            pod("a", "n1", "10.0.1.2", "fd01::2"),
                                                            1),
                                                    Kinds.POD.key("default", "b"),
                                                    new Change.Put(
                                                            pod("b", "n2", "10.0.2.2", "fd02::2"),
                                                            1),
                                                    Kinds.POD.key("default", "n1"),
                                                    new Change.Put(
                                                            pod("n1", "n2", "10.0.2.3", "fd02::3"),
                                                            1),
                                                    Kinds.POD.key("default", "nowhere"),
                                                    new Change.Put(pod("nowhere", ""), 1),
                                                    Kinds.POD.key("shop", "host"),
                                                    new Change.Put(
                                                            pod("host", "n2", "192.0.2.1"), 1)))));

    private static Node node(String name, String... addresses) {
        NodeStatus.Builder status = NodeStatus.newBuilder();
        for (String address : addresses) {
            status.addAddresses(NodeAddress.newBuilder().setType("InternalIP").setAddress(address));
        }
        return Node.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setStatus(status)
                .build();
    }

    private static Pod pod(String name, String node, String... addresses) {
        return Pod.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setSpec(PodSpec.newBuilder().setNodeName(node))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPodIp(addresses.length == 0 ? "" : addresses[0])
                                .addAllPodIps(
                                        List.of(addresses).stream()
                                                .map(ip -> PodIp.newBuilder().setIp(ip).build())
                                                .toList()))
                .build();
    }

    private static WhyRequest.Builder from(String source, String destination) {
        return WhyRequest.newBuilder().setSource(source).setDestination(destination);
    }

    @ParameterizedTest
    @CsvSource({
        "pod/a, web, n1",
        "a, web, n1",
        "pod/b, 192.0.2.1, n1",
        "pod/a, fd00::2, n2",
        "pod/b, 10.0.1.2, n2",
        "node/n2, web, n2",
        "n2, web, n2",
        "n1, web, n2",
        "node/n1, web, n1",
        "10.0.1.2, web, n1",
        "fd02::2, web, n2",
        "fd02:0::2, web, n2",
        "192.0.2.1, web, n1",
        "fd00::2, web, n2",
        "external, 192.0.2.2, n2",
        "external, fd00::1, n1",
        "external, 10.0.2.2, n2",
        "external, node/n2, n2",
        "external, pod/a, n1",
        "198.51.100.7, 192.0.2.2, n2",
    })
    void whereItBeginsElseWhereItArrives(String source, String destination, String node) {
        assertThat(WhichNode.of(CONTROL, from(source, destination).build())).contains(node);
    }

    @ParameterizedTest
    @CsvSource({"external, web", "external, 203.0.113.9", "198.51.100.7, service/web"})
    void anyNodeElse(String source, String destination) {
        assertThat(WhichNode.of(CONTROL, from(source, destination).build())).isEmpty();
    }

    @Test
    void theNodeThatIsNamedComesFirst() {
        assertThat(WhichNode.of(CONTROL, from("pod/a", "web").setNode("n2").build()))
                .contains("n2");
    }

    @Test
    void namesAreOfTheNamespace() {
        assertThat(WhichNode.of(CONTROL, from("host", "web").setNamespace("shop").build()))
                .contains("n2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pod/c | '' | NOT_FOUND | pods \"c\" not found",
                "c | '' | NOT_FOUND | pods \"c\" not found",
                "host | '' | NOT_FOUND | pods \"host\" not found",
                "node/n3 | '' | NOT_FOUND | nodes \"n3\" not found",
                "external | n3 | NOT_FOUND | nodes \"n3\" not found",
                "pod/nowhere | '' | BAD_REQUEST | pods \"nowhere\" is on no node yet",
                "service/a | '' | BAD_REQUEST | a connection comes from",
                "'' | '' | BAD_REQUEST | source",
            })
    void whatDoesNotExistIsNamed(
            String source, String node, Failure.Reason reason, String message) {
        FailureException refused =
                catchThrowableOfType(
                        FailureException.class,
                        () -> WhichNode.of(CONTROL, from(source, "web").setNode(node).build()));

        assertThat(refused.failure().reason()).isEqualTo(reason);
        assertThat(refused.failure().message()).contains(message);
    }
}
