package dev.weir.endpoint.balance;

import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * Addresses that nodes have for themselves, so no Service can: internal and external ones.
 *
 * @param owners the name of the node, of those that claim an address the first
 * @param all the same addresses
 */
record NodeAddresses(TreePMap<IpAddress, String> owners, Runs all) {
    static final NodeAddresses NONE = new NodeAddresses(TreePMap.empty(), Runs.EMPTY);

    /** Costs the number of nodes. */
    static NodeAddresses in(Image control) {
        NodeAddresses found = NONE;
        for (Node node : control.all(Kinds.NODE, Node.class).toList()) {
            for (IpAddress address : of(node).toList()) {
                found = found.with(address, node.getMetadata().getName());
            }
        }
        return found;
    }

    static Stream<IpAddress> of(Node node) {
        return node.getStatus().getAddressesList().stream()
                .map(NodeAddress::getAddress)
                .flatMap(text -> IpAddress.parse(text).stream());
    }

    private NodeAddresses with(IpAddress address, String node) {
        return owners.containsKey(address)
                ? this
                : new NodeAddresses(owners.plus(address, node), all.plus(address));
    }

    boolean contains(IpAddress address) {
        return all.contains(address);
    }

    Optional<String> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }
}
