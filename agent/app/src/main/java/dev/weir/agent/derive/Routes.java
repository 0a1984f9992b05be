package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/** How other nodes' pods are reached: each of their blocks by way of its node. */
public final class Routes {
    /** While a block changes hands both claims may be seen; the later one counts. */
    private static final Comparator<IpBlock> BY_EPOCH =
            Comparator.comparing((IpBlock block) -> block.getSpec().getEpoch())
                    .thenComparing(block -> block.getMetadata().getName());

    private Routes() {}

    /**
     * Blocks of other nodes to those nodes' InternalIP of the block's family. Left out are families
     * that this node has no address of, and nodes that have none.
     */
    public static Map<Cidr, IpAddress> derive(
            Collection<Node> nodes, Collection<IpBlock> blocks, NodeSettings settings) {
        Map<String, Node> byName = new HashMap<>();
        nodes.forEach(node -> byName.put(node.getMetadata().getName(), node));
        Map<Cidr, IpBlock> owners = new TreeMap<>();
        for (IpBlock block : blocks) {
            for (String cidr : block.getSpec().getCidrsList()) {
                Cidr.parse(cidr)
                        .ifPresent(
                                range ->
                                        owners.merge(range, block, BinaryOperator.maxBy(BY_EPOCH)));
            }
        }
        Map<Cidr, IpAddress> routes = new TreeMap<>();
        owners.forEach(
                (cidr, block) -> {
                    String owner = block.getSpec().getNodeName();
                    if (!owner.equals(settings.nodeName()) && hasFamily(settings, cidr)) {
                        Optional.ofNullable(byName.get(owner))
                                .flatMap(node -> internalIp(node, cidr.v6()))
                                .ifPresent(address -> routes.put(cidr, address));
                    }
                });
        return routes;
    }

    private static boolean hasFamily(NodeSettings settings, Cidr cidr) {
        return settings.addresses().stream().anyMatch(own -> own.v6() == cidr.v6());
    }

    private static Optional<IpAddress> internalIp(Node node, boolean v6) {
        List<NodeAddress> addresses = node.getStatus().getAddressesList();
        return addresses.stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .flatMap(address -> IpAddress.parse(address.getAddress()).stream())
                .filter(address -> address.v6() == v6)
                .findFirst();
    }
}
