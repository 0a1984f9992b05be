package dev.weir.agent.derive;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A place where a Service wants to be reached, for anybody. Of several Services at one place the
 * first by {@link #RANK} gets it, with all clients.
 *
 * @param place for {@link Frontend.Clients#ANYBODY}
 */
record Claim(Service service, Frontend place, AddressKind kind, ServicePort port) {
    /** By kind, then the older Service, then what it is called. */
    static final Comparator<Claim> RANK =
            Comparator.comparing(Claim::kind)
                    .thenComparing(Claim::created, Timestamps.comparator())
                    .thenComparing(claim -> claim.service.getMetadata().getUid())
                    .thenComparing(claim -> claim.service.getMetadata().getNamespace())
                    .thenComparing(claim -> claim.service.getMetadata().getName());

    private Timestamp created() {
        return service.getMetadata().getCreationTimestamp();
    }

    /**
     * All places of a Service, each once. None for a headless Service, an ExternalName, or one of
     * another proxy; of a family only where it has a cluster IP of that family; externalIPs only in
     * the node's ranges.
     */
    static List<Claim> of(Service service, NodeSettings node) {
        Map<Frontend, Claim> claims = new LinkedHashMap<>();
        for (IpAddress clusterIp :
                isProxied(service) ? clusterIps(service) : List.<IpAddress>of()) {
            for (ServicePort port : service.getSpec().getPortsList()) {
                places(service, clusterIp, port, node)
                        .forEach(claim -> claims.putIfAbsent(claim.place, claim));
            }
        }
        return List.copyOf(claims.values());
    }

    private static Stream<Claim> places(
            Service service, IpAddress clusterIp, ServicePort port, NodeSettings node) {
        Predicate<IpAddress> family = address -> address.v6() == clusterIp.v6();
        return Stream.of(
                        at(Stream.of(clusterIp), AddressKind.CLUSTER_IP, port.getPort()),
                        at(
                                port.getNodePort() > 0 ? node.addresses().stream() : Stream.of(),
                                AddressKind.NODE_PORT,
                                port.getNodePort()),
                        at(
                                LoadBalancers.addresses(service),
                                AddressKind.LOAD_BALANCER,
                                port.getPort()),
                        at(externalIps(service, node), AddressKind.EXTERNAL_IP, port.getPort()))
                .flatMap(places -> places)
                .filter(place -> family.test(place.address))
                .map(
                        place ->
                                new Claim(
                                        service,
                                        new Frontend(
                                                place.address,
                                                Protocol.of(port.getProtocol()),
                                                place.port),
                                        place.kind,
                                        port));
    }

    private record Place(IpAddress address, AddressKind kind, int port) {}

    private static Stream<Place> at(Stream<IpAddress> addresses, AddressKind kind, int port) {
        return addresses.map(address -> new Place(address, kind, port));
    }

    private static Stream<IpAddress> externalIps(Service service, NodeSettings node) {
        return service.getSpec().getExternalIpsList().stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .filter(ip -> node.externalIpRanges().stream().anyMatch(it -> it.contains(ip)));
    }

    private static boolean isProxied(Service service) {
        return !service.getSpec().getType().equals("ExternalName")
                && !service.getMetadata().getLabelsMap().containsKey(SliceLabels.PROXY_NAME);
    }

    /** One per family; a headless Service has none, since None is no address. */
    static List<IpAddress> clusterIps(Service service) {
        Collection<String> all =
                service.getSpec().getClusterIpsCount() > 0
                        ? service.getSpec().getClusterIpsList()
                        : List.of(service.getSpec().getClusterIp());
        return all.stream().map(IpAddress::parse).flatMap(Optional::stream).toList();
    }
}
