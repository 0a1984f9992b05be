package dev.weir.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The wires between the nodes: one bridge in a namespace of its own, one link from it to each node
 * and to the host outside. What is there already stays.
 */
final class LabNetwork {
    static final String CONTROL_IPV4 = "172.30.0.10";
    static final String CONTROL_IPV6 = "fd00:172:30::a";

    static final int BROKER_PORT = 9092;

    /** Where the broker of a distributed lab listens. */
    static final String BROKER = CONTROL_IPV4 + ":" + BROKER_PORT;

    static final String EXTERNAL_IPV4 = "172.30.0.100";
    static final String EXTERNAL_IPV6 = "fd00:172:30::64";

    private static final String UPLINK = "eth0";

    /** A node forwards, and answers on whatever interface; addresses work at once. */
    private static final List<String> NODE =
            List.of(
                    "net.ipv4.ip_forward=1",
                    "net.ipv6.conf.all.forwarding=1",
                    "net.ipv4.conf.all.rp_filter=0",
                    "net.ipv4.conf.default.rp_filter=0");

    private final LabPlace place;

    LabNetwork(LabPlace place) {
        this.place = place;
    }

    void make(LabSettings settings) {
        Netns hub = place.switchNetns();
        hub.create();
        if (!hub.hasLink("br0")) {
            hub.ip(List.of("link add br0 type bridge", "link set br0 up"));
        }
        LabNode.all(settings)
                .forEach(
                        node -> {
                            Netns netns = place.netns(node);
                            netns.create();
                            netns.sysctl(NODE);
                            plug(netns, "u" + node.number(), node.ipv4(), node.ipv6());
                            // A node reaches cluster IPs only where it has some route for them.
                            netns.ip(
                                    List.of(
                                            "route replace 0.0.0.0/0 via " + EXTERNAL_IPV4,
                                            "route replace ::/0 via " + EXTERNAL_IPV6));
                        });
        place.control().create();
        plug(place.control(), "control", CONTROL_IPV4, CONTROL_IPV6);
        place.external().create();
        plug(place.external(), "external", EXTERNAL_IPV4, EXTERNAL_IPV6);
    }

    private void plug(Netns netns, String port, String ipv4, String ipv6) {
        Netns hub = place.switchNetns();
        if (!netns.hasLink(UPLINK)) {
            hub.ip(
                    List.of(
                            "link add %s type veth peer name %s netns %s"
                                    .formatted(port, UPLINK, netns.name())));
        }
        hub.ip(List.of("link set %s master br0 up".formatted(port)));
        netns.ip(
                List.of(
                        "addr replace %s/24 dev %s".formatted(ipv4, UPLINK),
                        "addr replace %s/64 dev %s nodad".formatted(ipv6, UPLINK),
                        "link set %s up".formatted(UPLINK)));
    }

    /** Deletes all namespaces of the lab, those of pods first; their links go with them. */
    void remove() {
        List<Netns> all = new ArrayList<>(Netns.beginningWith(place.prefix()));
        all.sort((a, b) -> Boolean.compare(isPod(b), isPod(a)));
        all.forEach(Netns::delete);
    }

    private boolean isPod(Netns netns) {
        return netns.name().startsWith(place.prefix() + "pod-");
    }
}
