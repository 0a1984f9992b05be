package dev.weir.dns.zone;

import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * One address behind a headless Service.
 *
 * @param hostname the label it asked for; without one it is named by its address
 * @param ready only ready endpoints are in DNS
 * @param podName the pod behind it, if it is one
 * @param ports what it listens on
 */
public record DnsEndpoint(
        Optional<String> hostname,
        IpAddress ip,
        boolean ready,
        Optional<String> podName,
        List<DnsPort> ports) {
    public DnsEndpoint {
        hostname.ifPresent(Label::check);
        ports = List.copyOf(ports);
    }

    /** Its label below the Service's name. */
    String label() {
        return hostname.orElseGet(() -> DashedAddress.label(ip));
    }
}
