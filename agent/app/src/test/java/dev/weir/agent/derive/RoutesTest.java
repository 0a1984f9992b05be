package dev.weir.agent.derive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.IpBlockSpec;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final List<Node> NODES =
            List.of(
                    node("here", "192.0.2.1", "2001:db8::1"),
                    node("there", "192.0.2.2", "2001:db8::2"),
                    node("far", "192.0.2.3"));

    private static Node node(String name, String... addresses) {
        NodeStatus.Builder status =
                NodeStatus.newBuilder()
                        .addAddresses(NodeAddress.newBuilder().setType("Hostname").setAddress(name))
                        .addAddresses(
                                NodeAddress.newBuilder()
                                        .setType("ExternalIP")
                                        .setAddress("198.51.100.1"));
        for (String address : addresses) {
            status.addAddresses(NodeAddress.newBuilder().setType("InternalIP").setAddress(address));
        }
        return Node.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setStatus(status)
                .build();
    }

    private static IpBlock block(String name, String node, long epoch, String... cidrs) {
        return IpBlock.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setSpec(
                        IpBlockSpec.newBuilder()
                                .setNodeName(node)
                                .setEpoch(epoch)
                                .addAllCidrs(List.of(cidrs)))
                .build();
    }

    private static Map<Cidr, IpAddress> derive(List<String> own, IpBlock... blocks) {
        return Routes.derive(
                NODES,
                List.of(blocks),
                new NodeSettings(
                        "here", own.stream().map(IpAddress::of).toList(), List.of(), List.of()));
    }

    @Test
    void otherNodesBlocksGoToTheirInternalAddressOfTheFamily() {
        Map<Cidr, IpAddress> routes =
                derive(
                        List.of("192.0.2.1", "2001:db8::1"),
                        block("a", "here", 1, "10.244.0.0/26", "fd00::/122"),
                        block("b", "there", 1, "10.244.0.64/26", "fd00::40/122"),
                        block("c", "far", 1, "10.244.0.128/26", "fd00::80/122"),
                        block("d", "unknown", 1, "10.244.0.192/26"));

        assertThat(routes)
                .containsOnly(
                        Map.entry(Cidr.of("10.244.0.64/26"), IpAddress.of("192.0.2.2")),
                        Map.entry(Cidr.of("fd00::40/122"), IpAddress.of("2001:db8::2")),
                        Map.entry(Cidr.of("10.244.0.128/26"), IpAddress.of("192.0.2.3")));
    }

    @Test
    void aFamilyThatThisNodeLacksHasNoRoutes() {
        Map<Cidr, IpAddress> routes =
                derive(
                        List.of("192.0.2.1"),
                        block("b", "there", 1, "10.244.0.64/26", "fd00::40/122"));

        assertThat(routes).containsOnlyKeys(Cidr.of("10.244.0.64/26"));
    }

    @Test
    void theHighestEpochOwnsABlock() {
        Map<Cidr, IpAddress> taken =
                derive(
                        List.of("192.0.2.1"),
                        block("a", "far", 2, "10.244.0.0/26"),
                        block("b", "there", 1, "10.244.0.0/26"));
        Map<Cidr, IpAddress> ours =
                derive(
                        List.of("192.0.2.1"),
                        block("a", "here", 3, "10.244.0.0/26"),
                        block("b", "there", 1, "10.244.0.0/26"));

        assertThat(taken)
                .containsExactly(Map.entry(Cidr.of("10.244.0.0/26"), IpAddress.of("192.0.2.3")));
        assertThat(ours).isEmpty();
    }
}
