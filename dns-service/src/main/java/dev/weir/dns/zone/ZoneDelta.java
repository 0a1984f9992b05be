package dev.weir.dns.zone;

import dev.weir.changes.MapDelta;
import dev.weir.model.Key;
import java.util.Set;

/**
 * Leads from one zone to another. Putting what is there and removing what is not change nothing.
 *
 * @param services by the keys of the Services
 */
public record ZoneDelta(
        MapDelta<Key, DnsService> services,
        Set<String> namespacesPut,
        Set<String> namespacesRemoved) {
    public ZoneDelta {
        namespacesPut = Set.copyOf(namespacesPut);
        namespacesRemoved = Set.copyOf(namespacesRemoved);
        namespacesPut.forEach(Label::check);
        namespacesRemoved.forEach(Label::check);
    }
}
