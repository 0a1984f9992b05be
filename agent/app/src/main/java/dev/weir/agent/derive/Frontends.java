package dev.weir.agent.derive;

import dev.weir.agent.spi.NodeSettings;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Backend;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Handling.Choice;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.net.v1.ClientIpConfig;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What clients of one Service address, and where their connections may go. */
public final class Frontends {
    /** The Service of the cluster's name servers; every node runs one of its endpoints itself. */
    public static final Key DNS = Kinds.SERVICE.key("kube-system", "kube-dns");

    /** Where the Service names no timeout of its affinity, in seconds. */
    static final int DEFAULT_AFFINITY_SECONDS = 10_800;

    private static final String LOCAL = "Local";

    /** The annotation that says how an endpoint is chosen; by chance if it says nothing. */
    private static final String ALGORITHM = "weir.dev/load-balancing";

    private Frontends() {}

    /**
     * The frontends of a Service's cluster IPs and node ports. None for a headless Service, an
     * ExternalName, or one of another proxy.
     *
     * <p>Usable are the endpoints that are ready; if there are none, those that terminate and still
     * serve; each frontend judges its own family and port. Of ready ones with hints only those
     * meant for this node or its zone. With the internal traffic policy Local only those of the
     * node are judged; if none of them is usable but others are, connections are dropped. The
     * node's own name server is left out of {@link #DNS} where there is another: it gets its share
     * by a lease, so that it loses it when it dies.
     *
     * @param slices those of the Service; of other Services none
     * @param here the node to derive for
     */
    public static Map<Frontend, Backends> derive(
            Service service, Collection<EndpointSlice> slices, Here here) {
        Map<Frontend, Backends> frontends = new TreeMap<>();
        if (!isProxied(service)) {
            return frontends;
        }
        Key key =
                Kinds.SERVICE.key(
                        service.getMetadata().getNamespace(), service.getMetadata().getName());
        Handling handling = handling(service);
        for (IpAddress clusterIp : clusterIps(service)) {
            for (ServicePort port : service.getSpec().getPortsList()) {
                Protocol protocol = Protocol.of(port.getProtocol());
                List<Candidate> candidates =
                        Candidate.of(service, slices, clusterIp.v6(), port, protocol);
                Backends all = everywhere(key, handling, candidates, here);
                Backends local = local(key, handling, candidates, here.name());
                frontends.put(
                        new Frontend(clusterIp, protocol, port.getPort()),
                        service.getSpec().getInternalTrafficPolicy().equals(LOCAL) ? local : all);
                if (port.getNodePort() > 0) {
                    nodePorts(clusterIp.v6(), port, here.settings())
                            .forEach(
                                    frontend ->
                                            frontends.putAll(
                                                    external(service, frontend, all, local)));
                }
            }
        }
        return frontends;
    }

    /** The port at the node's addresses of a family. */
    private static Stream<Frontend> nodePorts(boolean v6, ServicePort port, NodeSettings node) {
        return node.addresses().stream()
                .filter(address -> address.v6() == v6)
                .map(
                        address ->
                                new Frontend(
                                        address,
                                        Protocol.of(port.getProtocol()),
                                        port.getNodePort()));
    }

    /**
     * With the external traffic policy Cluster every endpoint serves, and sees this node; with
     * Local, clients outside reach only endpoints here, which see them, while the node and its pods
     * reach every one.
     */
    private static Map<Frontend, Backends> external(
            Service service, Frontend frontend, Backends all, Backends local) {
        return service.getSpec().getExternalTrafficPolicy().equals(LOCAL)
                ? Map.of(frontend, local, frontend.of(Clients.OWN), all)
                : Map.of(frontend, all.masqueraded());
    }

    private static boolean isProxied(Service service) {
        return !service.getSpec().getType().equals("ExternalName")
                && !service.getMetadata().getLabelsMap().containsKey(SliceLabels.PROXY_NAME);
    }

    private static Handling handling(Service service) {
        String algorithm = service.getMetadata().getAnnotationsOrDefault(ALGORITHM, "random");
        Handling handling =
                Handling.PLAIN.choosingBy(
                        algorithm.equals("source-hash") ? Choice.SOURCE_HASH : Choice.RANDOM);
        if (!service.getSpec().getSessionAffinity().equals("ClientIP")) {
            return handling;
        }
        ClientIpConfig config = service.getSpec().getSessionAffinityConfig().getClientIp();
        return handling.keepingFor(
                config.hasTimeoutSeconds() ? config.getTimeoutSeconds() : DEFAULT_AFFINITY_SECONDS);
    }

    /** One per family; a headless Service has none, since None is no address. */
    private static List<IpAddress> clusterIps(Service service) {
        List<String> all =
                service.getSpec().getClusterIpsCount() > 0
                        ? service.getSpec().getClusterIpsList()
                        : List.of(service.getSpec().getClusterIp());
        return all.stream().map(IpAddress::parse).flatMap(Optional::stream).toList();
    }

    private static Backends everywhere(
            Key service, Handling handling, List<Candidate> candidates, Here here) {
        String nodeName = here.name();
        List<Candidate> usable = Candidate.near(Candidate.usable(candidates), here);
        List<Candidate> elsewhere =
                usable.stream().filter(candidate -> !candidate.node().equals(nodeName)).toList();
        boolean standBack = service.equals(DNS) && !elsewhere.isEmpty();
        return new Backends(service, backends(standBack ? elsewhere : usable, nodeName), handling);
    }

    private static Backends local(
            Key service, Handling handling, List<Candidate> candidates, String nodeName) {
        List<Candidate> usable =
                Candidate.usable(
                        candidates.stream().filter(c -> c.node().equals(nodeName)).toList());
        boolean silent = usable.isEmpty() && !Candidate.usable(candidates).isEmpty();
        return new Backends(service, backends(usable, nodeName), handling.silently(silent));
    }

    /** An address and port that several slices name is one backend. */
    private static List<Backend> backends(List<Candidate> usable, String nodeName) {
        Map<Backend, Backend> distinct = new LinkedHashMap<>();
        usable.forEach(
                candidate ->
                        distinct.merge(
                                new Backend(candidate.address(), candidate.port(), false),
                                new Backend(
                                        candidate.address(),
                                        candidate.port(),
                                        candidate.node().equals(nodeName)),
                                (one, other) -> one.local() ? one : other));
        return List.copyOf(distinct.values());
    }
}
