package dev.weir.model;

import dev.weir.net.v1.ServiceCidr;
import java.util.List;
import java.util.stream.Stream;

/** What ServiceCIDRs come to for those who carry cluster IPs, and do not give them out. */
public final class ServiceRanges {
    private ServiceRanges() {}

    /**
     * The ranges of these, each once and in order. Also of those that are being deleted: Services
     * may have addresses of them as long as they are there.
     */
    public static List<Cidr> of(Stream<ServiceCidr> objects) {
        return objects.flatMap(object -> object.getSpec().getCidrsList().stream())
                .flatMap(text -> Cidr.parse(text).stream())
                .distinct()
                .sorted()
                .toList();
    }
}
