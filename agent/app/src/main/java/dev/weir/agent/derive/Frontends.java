package dev.weir.agent.derive;

import dev.weir.agent.derive.Selection.Scope;
import dev.weir.model.Backends;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Handling;
import dev.weir.model.Handling.Choice;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.ClientIpConfig;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final Service service;
    private final Collection<EndpointSlice> slices;
    private final Here here;
    private final Handling handling;
    private final Map<ServicePort, List<Candidate>> candidates = new HashMap<>();
    private final Map<Choosing, Selection> selections = new HashMap<>();

    private record Choosing(ServicePort port, boolean v6, Scope scope) {}

    private Frontends(Service service, Collection<EndpointSlice> slices, Here here) {
        this.service = service;
        this.slices = slices;
        this.here = here;
        this.handling = handling(service);
    }

    /**
     * The frontends that a Service has where nobody else claims them.
     *
     * @param slices those of the Service; of other Services none
     * @param here the node to derive for
     */
    static Map<Frontend, Backends> derive(
            Service service, Collection<EndpointSlice> slices, Here here) {
        Map<Frontend, Backends> frontends = new TreeMap<>();
        offers(service, Claim.of(service, here.settings()), slices, here)
                .forEach(offer -> frontends.put(offer.frontend(), offer.backends(here)));
        return frontends;
    }

    /**
     * What a Service offers where it holds claims. Each family, port and policy judges its
     * endpoints by itself ({@link Selection}).
     *
     * <ul>
     *   <li>With the internal traffic policy Local only the node's endpoints serve the cluster IPs.
     *   <li>Everywhere else, with the external policy Cluster, all serve and see this node.
     *   <li>With the external policy Local, clients outside reach only endpoints here, which see
     *       them, while the node and its pods reach all. Without usable ones here, but some
     *       elsewhere, connections are dropped.
     *   <li>The node's own name server is left out of {@link #DNS} where there is another: it gets
     *       its share by a lease, so that it loses it when it dies.
     * </ul>
     *
     * @param claims of this Service
     */
    static List<Offer> offers(
            Service service,
            Collection<Claim> claims,
            Collection<EndpointSlice> slices,
            Here here) {
        Frontends frontends = new Frontends(service, slices, here);
        List<Offer> offers = new ArrayList<>();
        claims.forEach(claim -> offers.addAll(frontends.at(claim)));
        return offers;
    }

    private List<Offer> at(Claim claim) {
        if (claim.kind() == AddressKind.CLUSTER_IP) {
            boolean local = service.getSpec().getInternalTrafficPolicy().equals(LOCAL);
            return List.of(
                    offer(claim, Clients.ANYBODY, local ? Scope.LOCAL : Scope.CLUSTER, handling));
        }
        Handling mine =
                claim.kind() == AddressKind.LOAD_BALANCER
                        ? handling.onlyFor(sources(claim.place().address()))
                        : handling;
        return isLocalOutside(service)
                ? List.of(
                        offer(claim, Clients.ANYBODY, Scope.LOCAL, mine),
                        offer(claim, Clients.OWN, Scope.CLUSTER, mine))
                : List.of(offer(claim, Clients.ANYBODY, Scope.CLUSTER, mine.masquerading(true)));
    }

    private Offer offer(Claim claim, Clients clients, Scope scope, Handling with) {
        return new Offer(
                claim.place().of(clients),
                claim,
                selections.computeIfAbsent(
                        new Choosing(claim.port(), claim.place().address().v6(), scope),
                        this::select),
                with);
    }

    private Selection select(Choosing choosing) {
        return Selection.of(
                candidates.computeIfAbsent(
                        choosing.port, port -> Candidate.of(service, slices, port)),
                choosing.v6,
                choosing.scope,
                choosing.scope == Scope.CLUSTER && Offer.key(service).equals(DNS),
                here);
    }

    /**
     * Who may connect to an address of a load balancer. As with kube-proxy, a family of which the
     * Service names no range is open to everybody; and the address itself may always connect, for
     * nodes that have it on a link.
     */
    private List<Cidr> sources(IpAddress address) {
        List<Cidr> ranges =
                service.getSpec().getLoadBalancerSourceRangesList().stream()
                        .flatMap(text -> Cidr.parse(text.strip()).stream())
                        .filter(range -> range.v6() == address.v6())
                        .toList();
        return ranges.isEmpty()
                ? ranges
                : Stream.concat(ranges.stream(), Stream.of(Cidr.host(address)))
                        .sorted()
                        .distinct()
                        .toList();
    }

    static boolean isLocalOutside(Service service) {
        return service.getSpec().getExternalTrafficPolicy().equals(LOCAL);
    }

    private static Handling handling(Service service) {
        Handling handling =
                Handling.PLAIN.choosingBy(
                        switch (service.getMetadata().getAnnotationsOrDefault(ALGORITHM, "")) {
                            case "source-hash" -> Choice.SOURCE_HASH;
                            case "round-robin" -> Choice.ROUND_ROBIN;
                            default -> Choice.RANDOM;
                        });
        if (!service.getSpec().getSessionAffinity().equals("ClientIP")) {
            return handling;
        }
        ClientIpConfig config = service.getSpec().getSessionAffinityConfig().getClientIp();
        return handling.keepingFor(
                config.hasTimeoutSeconds() ? config.getTimeoutSeconds() : DEFAULT_AFFINITY_SECONDS);
    }
}
