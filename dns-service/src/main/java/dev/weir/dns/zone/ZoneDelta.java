package dev.weir.dns.zone;

import dev.weir.changes.MapDelta;
import dev.weir.model.Cidr;
import dev.weir.model.Key;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Leads from one zone to another. Putting what is there and removing what is not change nothing.
 *
 * @param services by the keys of the Services
 * @param serviceCidrs the ranges of cluster IPs that objects say, if they may have changed
 */
public record ZoneDelta(
        MapDelta<Key, DnsService> services,
        Set<String> namespacesPut,
        Set<String> namespacesRemoved,
        Optional<List<Cidr>> serviceCidrs) {
    /** Where no range changed. */
    public ZoneDelta(
            MapDelta<Key, DnsService> services,
            Set<String> namespacesPut,
            Set<String> namespacesRemoved) {
        this(services, namespacesPut, namespacesRemoved, Optional.empty());
    }

    public ZoneDelta {
        namespacesPut = Set.copyOf(namespacesPut);
        namespacesRemoved = Set.copyOf(namespacesRemoved);
        namespacesPut.forEach(Label::check);
        namespacesRemoved.forEach(Label::check);
    }
}
