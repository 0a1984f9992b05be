package dev.weir.endpoint;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.ClusterIps;
import dev.weir.log.Pending;
import dev.weir.model.Key;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * DNS is a Service like any other: there from the start, at the reserved address of each range; the
 * responders are its pods.
 */
final class KubeDns {
    /** What the responders' Pods carry, and so what policies that allow DNS select. */
    static final Map<String, String> SELECTOR = Map.of("k8s-app", "kube-dns");

    private static final int DNS_PORT = 53;

    private KubeDns() {}

    /** The Service, if it is not there. */
    static Map<Key, Optional<Message>> missing(
            Pending pending, List<AddressRange> ranges, Instant now) {
        return pending.image().get(ClusterIps.DNS_SERVICE).isEmpty()
                ? Map.of(
                        ClusterIps.DNS_SERVICE,
                        Optional.of(service(ranges, now, pending.revision())))
                : Map.of();
    }

    private static Service service(List<AddressRange> ranges, Instant now, long revision) {
        List<String> addresses = ranges.stream().map(range -> range.dns().toString()).toList();
        return Service.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(ClusterIps.DNS_SERVICE.namespace())
                                .setName(ClusterIps.DNS_SERVICE.name())
                                .setUid(UUID.randomUUID().toString())
                                .setGeneration(1)
                                .setResourceVersion(Long.toString(revision))
                                .setCreationTimestamp(
                                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                                .putAllLabels(SELECTOR)
                                .putLabels("kubernetes.io/name", "CoreDNS"))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .putAllSelector(SELECTOR)
                                .setClusterIp(addresses.getFirst())
                                .addAllClusterIps(addresses)
                                .addAllIpFamilies(
                                        ranges.stream()
                                                .map(range -> range.cidr().v6() ? "IPv6" : "IPv4")
                                                .toList())
                                .setIpFamilyPolicy(
                                        ranges.size() > 1 ? "RequireDualStack" : "SingleStack")
                                .setSessionAffinity("None")
                                .setInternalTrafficPolicy("Cluster")
                                .addPorts(port("dns", "UDP"))
                                .addPorts(port("dns-tcp", "TCP")))
                .build();
    }

    private static ServicePort port(String name, String protocol) {
        return ServicePort.newBuilder()
                .setName(name)
                .setProtocol(protocol)
                .setPort(DNS_PORT)
                .setTargetPort(IntOrString.newBuilder().setIntVal(DNS_PORT))
                .build();
    }
}
