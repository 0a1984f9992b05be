package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.util.List;
import java.util.Optional;

/**
 * What names need to know of a Service.
 *
 * @param clusterIps of either family; empty when headless, external or not allocated yet
 * @param headless has no address of its own: its name leads to its endpoints
 * @param externalName is an alias; then nothing else counts
 * @param ports of the Service itself
 * @param endpoints count only when headless
 */
public record DnsService(
        String namespace,
        String name,
        List<IpAddress> clusterIps,
        boolean headless,
        Optional<DnsName> externalName,
        List<DnsPort> ports,
        List<DnsEndpoint> endpoints) {
    public DnsService {
        Label.check(namespace);
        Label.check(name);
        clusterIps = List.copyOf(clusterIps);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** The key of the Service that this was made from. */
    public Key key() {
        return new Key(Kinds.SERVICE.name(), namespace, name);
    }
}
