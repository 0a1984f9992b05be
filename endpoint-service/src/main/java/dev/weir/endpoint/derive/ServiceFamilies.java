package dev.weir.endpoint.derive;

import dev.weir.model.IpAddress;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;

/** The address families of a Service. */
final class ServiceFamilies {
    static final String IPV4 = "IPv4";
    static final String IPV6 = "IPv6";

    private ServiceFamilies() {}

    /**
     * As admission chose them; for a Service that has none, those of its cluster IPs, else IPv4.
     */
    static List<String> of(Service service) {
        if (service.getSpec().getIpFamiliesCount() > 0) {
            return service.getSpec().getIpFamiliesList();
        }
        List<String> families =
                service.getSpec().getClusterIpsList().stream()
                        .map(IpAddress::parse)
                        .flatMap(Optional::stream)
                        .map(ServiceFamilies::of)
                        .toList();
        return families.isEmpty() ? List.of(IPV4) : families;
    }

    static String of(IpAddress address) {
        return address.v6() ? IPV6 : IPV4;
    }

    static boolean headless(Service service) {
        return service.getSpec().getClusterIp().equals("None");
    }
}
