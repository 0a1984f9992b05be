package dev.weir.agent.l2;

import dev.weir.agent.spi.NodeImage;
import dev.weir.changes.Image;
import dev.weir.core.v1.Node;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What shall be answered for, of one family.
 *
 * @param eligible address to the names of the nodes of which one answers for it; never none
 * @param nodes the nodes' own addresses, which their heartbeats are known by, to their names
 */
record Announcements(Map<IpAddress, Set<String>> eligible, Map<IpAddress, String> nodes) {
    static final Announcements NONE = new Announcements(Map.of(), Map.of());

    Announcements {
        eligible = Map.copyOf(eligible);
        nodes = Map.copyOf(nodes);
    }

    static Announcements of(NodeImage image, boolean v6) {
        Map<IpAddress, Set<String>> eligible = new HashMap<>();
        image.announcements()
                .forEach(
                        (address, names) -> {
                            if (address.v6() == v6 && !names.isEmpty()) {
                                eligible.put(address, Set.copyOf(names));
                            }
                        });
        Image control = image.shards().get(Shards.CONTROL);
        return eligible.isEmpty() || control == null
                ? new Announcements(eligible, Map.of())
                : new Announcements(eligible, nodes(control, v6));
    }

    Set<IpAddress> mayBeOwnedBy(String node) {
        return eligible.entrySet().stream()
                .filter(entry -> entry.getValue().contains(node))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Map<IpAddress, String> nodes(Image control, boolean v6) {
        Map<IpAddress, String> nodes = new HashMap<>();
        control.all(Kinds.NODE, Node.class)
                .forEach(
                        node ->
                                node.getStatus().getAddressesList().stream()
                                        .filter(found -> found.getType().equals("InternalIP"))
                                        .flatMap(
                                                found ->
                                                        IpAddress.parse(found.getAddress())
                                                                .stream())
                                        .filter(address -> address.v6() == v6)
                                        .forEach(
                                                address ->
                                                        nodes.put(
                                                                address,
                                                                node.getMetadata().getName())));
        return nodes;
    }
}
