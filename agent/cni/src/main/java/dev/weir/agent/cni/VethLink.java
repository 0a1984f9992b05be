package dev.weir.agent.cni;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.agent.linux.IpBatch;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A routed veth pair per interface: the pod has host addresses and one next hop, the node a host
 * route per pod. No bridge, no neighbour table of other pods, and no duplicate address detection,
 * so traffic passes at once.
 *
 * <p>A further interface of a pod gets addresses but no default route: the first one keeps it.
 *
 * <p>The pod's end is made inside the pod's namespace, under its final name: nothing is moved or
 * renamed.
 */
final class VethLink implements PodLink {
    /** Marks the host routes (see /etc/iproute2/rt_protos; not assigned to anybody). */
    static final int ROUTE_PROTOCOL = 87;

    /** Where the node's address is on no link; Ethernet's. */
    private static final int DEFAULT_MTU = 1500;

    private final NetworkNamespace node;
    private final List<IpAddress> nodeAddresses;

    /**
     * @param node where the node's ends are
     * @param nodeAddresses one per family; the source of what the node sends to pods
     */
    VethLink(NetworkNamespace node, List<IpAddress> nodeAddresses) {
        this.node = node;
        this.nodeAddresses = List.copyOf(nodeAddresses);
    }

    @Override
    public void prepareNode() throws IOException, InterruptedException {
        Sysctl.forward(node);
    }

    @Override
    public int mtu() throws IOException, InterruptedException {
        return mtu(LinkSnapshot.of(node));
    }

    private int mtu(LinkSnapshot now) {
        return now.links().stream()
                .filter(link -> nodeAddresses.stream().anyMatch(now.on(link)::contains))
                .mapToInt(Rtnetlink.Link::mtu)
                .filter(mtu -> mtu <= 65_535)
                .min()
                .orElse(DEFAULT_MTU);
    }

    @Override
    public void attach(PodAttachment pod) throws CniException, IOException, InterruptedException {
        requirePodNamespace(pod.netns());
        detach(pod.key());
        LinkSnapshot now = LinkSnapshot.of(node);
        LinkIdentity identity = LinkIdentity.of(pod.key());
        if (now.link(identity.hostInterface()).isPresent()) {
            throw new CniException(
                    CniException.LINK_FAULT,
                    "somebody else has a link " + identity.hostInterface() + " on this node");
        }
        create(pod, identity, mtu(now));
        configureNode(pod, now);
        configurePod(pod);
    }

    private void requirePodNamespace(String netns) throws CniException, IOException {
        Path path = Path.of(netns);
        if (!path.isAbsolute() || !Files.exists(path)) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "CNI_NETNS: no network namespace at " + netns);
        }
        boolean namespace =
                Files.getAttribute(path, "unix:dev")
                        .equals(Files.getAttribute(node.path(), "unix:dev"));
        if (!namespace
                || Files.getAttribute(path, "unix:ino")
                        .equals(Files.getAttribute(node.path(), "unix:ino"))) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT,
                    "CNI_NETNS: "
                            + netns
                            + (namespace ? " is the node's own" : " is no network namespace"));
        }
    }

    private void create(PodAttachment pod, LinkIdentity identity, int mtu)
            throws CniException, IOException, InterruptedException {
        String host = identity.hostInterface();
        String bytes = Integer.toString(mtu);
        IpBatch batch = new IpBatch();
        batch.add(
                "link",
                "add",
                host,
                "address",
                identity.hostMac(),
                "mtu",
                bytes,
                "type",
                "veth",
                "peer",
                "name",
                pod.key().ifname(),
                "address",
                pod.mac(),
                "mtu",
                bytes,
                "netns",
                pod.netns());
        batch.add("link", "set", "dev", host, "alias", identity.alias());
        batch.add("link", "set", "dev", host, "addrgenmode", "none");
        run(batch, node);
    }

    /** Strict reverse path filtering keeps the pod from sending as somebody else. */
    private void configureNode(PodAttachment pod, LinkSnapshot now)
            throws CniException, IOException, InterruptedException {
        String host = pod.hostInterface();
        Sysctl.set(
                node,
                Map.of(
                        "ipv4/conf/" + host + "/rp_filter", "1",
                        "ipv4/conf/" + host + "/src_valid_mark", "1",
                        "ipv6/conf/" + host + "/disable_ipv6", "0",
                        "ipv6/conf/" + host + "/accept_ra", "0",
                        "ipv6/conf/" + host + "/accept_dad", "0"));
        IpBatch batch = new IpBatch();
        batch.add("link", "set", "dev", host, "up");
        for (IpAddress address : pod.addresses()) {
            if (address.v6()) {
                batch.add("addr", "add", GATEWAY_V6 + "/64", "dev", host, "nodad");
            } else {
                batch.add("addr", "add", GATEWAY_V4 + "/32", "dev", host, "scope", "link");
            }
        }
        for (IpAddress address : pod.addresses()) {
            Optional<IpAddress> source =
                    nodeAddresses.stream()
                            .filter(a -> a.v6() == address.v6() && now.has(a))
                            .findFirst();
            String to = Cidr.host(address).toString();
            String protocol = Integer.toString(ROUTE_PROTOCOL);
            if (source.isPresent()) {
                batch.add(
                        "route",
                        "replace",
                        to,
                        "dev",
                        host,
                        "proto",
                        protocol,
                        "src",
                        source.get().toString());
            } else {
                batch.add("route", "replace", to, "dev", host, "proto", protocol);
            }
        }
        run(batch, node);
    }

    private static void configurePod(PodAttachment pod)
            throws CniException, IOException, InterruptedException {
        NetworkNamespace namespace = new NetworkNamespace(Path.of(pod.netns()));
        String name = pod.key().ifname();
        Sysctl.set(
                namespace,
                Map.of(
                        "ipv6/conf/" + name + "/disable_ipv6", "0",
                        "ipv6/conf/" + name + "/accept_ra", "0",
                        "ipv6/conf/" + name + "/accept_dad", "0"));
        IpBatch batch = new IpBatch();
        batch.add("link", "set", "dev", "lo", "up");
        batch.add("link", "set", "dev", name, "up");
        for (IpAddress address : pod.addresses()) {
            String own = Cidr.host(address).toString();
            if (address.v6()) {
                batch.add("addr", "add", own, "dev", name, "nodad");
                batch.add("route", "add", "default", "via", GATEWAY_V6, "dev", name);
            } else {
                batch.add("addr", "add", own, "dev", name);
                batch.add("route", "add", "default", "via", GATEWAY_V4, "dev", name, "onlink");
            }
        }
        run(batch, namespace);
    }

    /** A route that exists belongs to an earlier interface of the pod, and stays. */
    private static void run(IpBatch batch, NetworkNamespace namespace)
            throws CniException, IOException, InterruptedException {
        for (IpBatch.Failure failure : batch.run(namespace)) {
            if (!(failure.exists() && failure.words().getFirst().equals("route"))) {
                throw new CniException(
                        CniException.LINK_FAULT,
                        "ip " + String.join(" ", failure.words()) + ": " + failure.message());
            }
        }
    }

    /** A link of our name without alias is one whose making was cut short. */
    @Override
    public void detach(AttachmentKey key) throws IOException, InterruptedException {
        LinkIdentity identity = LinkIdentity.of(key);
        boolean ours =
                LinkSnapshot.of(node)
                        .link(identity.hostInterface())
                        .filter(
                                link ->
                                        link.alias().isEmpty()
                                                || link.alias().equals(identity.alias()))
                        .isPresent();
        if (!ours) {
            return;
        }
        IpBatch batch = new IpBatch().add("link", "del", "dev", identity.hostInterface());
        for (IpBatch.Failure failure : batch.run(node)) {
            if (!failure.gone()) {
                throw new IOException(
                        "ip link del " + identity.hostInterface() + ": " + failure.message());
            }
        }
    }

    @Override
    public Optional<String> fault(PodAttachment pod) throws IOException, InterruptedException {
        LinkIdentity identity = LinkIdentity.of(pod.key());
        Optional<Rtnetlink.Link> host = LinkSnapshot.of(node).link(identity.hostInterface());
        if (host.isEmpty() || !host.get().alias().equals(identity.alias()) || !host.get().up()) {
            return Optional.of(
                    "no link " + identity.hostInterface() + " of " + pod.key() + " that is up");
        }
        if (!Files.exists(Path.of(pod.netns()))) {
            return Optional.of("no network namespace at " + pod.netns());
        }
        LinkSnapshot inside = LinkSnapshot.of(new NetworkNamespace(Path.of(pod.netns())));
        Optional<Rtnetlink.Link> end = inside.link(pod.key().ifname());
        if (end.isEmpty() || end.get().index() != host.get().peer()) {
            return Optional.of(pod.key().ifname() + " in " + pod.netns() + " is not the other end");
        }
        return pod.addresses().stream()
                .filter(address -> !inside.on(end.get()).contains(address))
                .map(address -> pod.key().ifname() + " in " + pod.netns() + " lacks " + address)
                .findFirst();
    }

    @Override
    public Set<AttachmentKey> present() throws IOException, InterruptedException {
        return LinkSnapshot.of(node).links().stream()
                .flatMap(link -> LinkIdentity.owner(link.alias()).stream())
                .collect(Collectors.toSet());
    }
}
