package dev.weir.routing.compile;

import dev.weir.model.Key;
import dev.weir.routing.RouteTable;
import dev.weir.routing.ServicePort;
import java.util.Set;

/**
 * What the routing objects come to.
 *
 * @param services all that the table leads to
 * @param secrets all that listeners and Ingresses served here refer to and may, there or not
 */
public record Compiled(
        RouteTable table, Set<ServicePort> services, Set<Key> secrets, Verdicts verdicts) {
    public Compiled {
        services = Set.copyOf(services);
        secrets = Set.copyOf(secrets);
    }
}
