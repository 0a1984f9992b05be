package dev.weir.agent.l2;

import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.changes.Stored;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.NodeStatus;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** What the nodes of a {@link Lan} are told. */
final class Images {
    private Images() {}

    /** All nodes, and one Service at the addresses, which these nodes may answer for. */
    static NodeImage announcing(Map<IpAddress, Set<String>> announcements) {
        TreePMap<Key, Stored> nodes = TreePMap.empty();
        for (String name : Lan.NODES) {
            nodes = nodes.plus(Kinds.NODE.key("", name), new Stored(node(name), 1));
        }
        PMap<Frontend, Backends> services = HashTreePMap.empty();
        Key service = new Key("Service", "default", "web");
        for (IpAddress address : announcements.keySet()) {
            services =
                    services.plus(
                            new Frontend(address, Protocol.TCP, 80),
                            new Backends(service, List.of(), Handling.PLAIN));
        }
        return new NodeImage(
                Frontier.EMPTY,
                Map.of(Shards.CONTROL, new Image(Shards.CONTROL, "log", 1, Frontier.EMPTY, nodes)),
                HashTreePMap.empty(),
                services,
                HashTreePMap.empty(),
                HashTreePMap.empty(),
                HashTreePMap.from(announcements),
                HashTreePMap.empty(),
                List.of());
    }

    private static Node node(String name) {
        NodeStatus.Builder status = NodeStatus.newBuilder();
        for (boolean v6 : List.of(false, true)) {
            status.addAddresses(
                    NodeAddress.newBuilder()
                            .setType("InternalIP")
                            .setAddress(Lan.address(name, v6).toString()));
        }
        return Node.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName(name))
                .setStatus(status)
                .build();
    }
}
