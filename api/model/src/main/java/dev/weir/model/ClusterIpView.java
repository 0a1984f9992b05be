package dev.weir.model;

import dev.weir.core.v1.ObjectMeta;
import dev.weir.net.v1.IpAddressSpec;
import dev.weir.net.v1.ParentReference;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.stream.Stream;

/** The IPAddresses that there would be if they were stored: one for each cluster IP. */
public final class ClusterIpView {
    /** Only shown: no object of it is stored. */
    public static final Kind KIND =
            new Kind(
                    "IPAddress",
                    "networking.k8s.io/v1",
                    "ipaddresses",
                    List.of("ip"),
                    false,
                    Shards.ENDPOINT,
                    true,
                    dev.weir.net.v1.IpAddress.getDefaultInstance());

    private static final String FAMILY = "ipaddress.kubernetes.io/ip-family";
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";

    private ClusterIpView() {}

    /** Those of one Service; none for a headless one. */
    public static Stream<dev.weir.net.v1.IpAddress> of(Service service) {
        return service.getSpec().getClusterIpsList().stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .map(address -> of(address, service.getMetadata()));
    }

    private static dev.weir.net.v1.IpAddress of(IpAddress address, ObjectMeta service) {
        ObjectMeta.Builder metadata =
                ObjectMeta.newBuilder()
                        .setName(address.toString())
                        .putLabels(FAMILY, address.v6() ? "IPv6" : "IPv4")
                        .putLabels(MANAGED_BY, "ipallocator.k8s.io");
        if (service.hasCreationTimestamp()) {
            metadata.setCreationTimestamp(service.getCreationTimestamp());
        }
        return dev.weir.net.v1.IpAddress.newBuilder()
                .setMetadata(metadata)
                .setSpec(
                        IpAddressSpec.newBuilder()
                                .setParentRef(
                                        ParentReference.newBuilder()
                                                .setResource(Kinds.SERVICE.plural())
                                                .setNamespace(service.getNamespace())
                                                .setName(service.getName())))
                .build();
    }
}
