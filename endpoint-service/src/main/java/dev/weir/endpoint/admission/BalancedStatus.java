package dev.weir.endpoint.admission;

import dev.weir.core.v1.Condition;
import dev.weir.endpoint.balance.Tenants;
import dev.weir.endpoint.balance.Wish;
import dev.weir.endpoint.condition.Conditions;
import dev.weir.endpoint.condition.Types;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.check.FieldErrors;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * The load-balancer addresses in a Service's status. Those that are given here nobody else writes;
 * of other classes, the writer of the status does.
 */
final class BalancedStatus {
    private BalancedStatus() {}

    /** Nobody writes the condition either. */
    static void keep(Optional<Service> old, Service.Builder service) {
        List<Condition> all = service.getStatus().getConditionsList();
        Optional<Condition> before =
                old.filter(given -> Wish.isOurs(service))
                        .flatMap(
                                given ->
                                        Conditions.find(
                                                given.getStatus().getConditionsList(),
                                                Types.ADDRESS_ASSIGNED));
        if (!before.equals(Conditions.find(all, Types.ADDRESS_ASSIGNED))) {
            service.getStatusBuilder()
                    .clearConditions()
                    .addAllConditions(Conditions.without(all, Types.ADDRESS_ASSIGNED));
            before.ifPresent(service.getStatusBuilder()::addConditions);
        }
    }

    /**
     * No two Services have one port of one protocol at one address. What the Service had before is
     * not judged again.
     */
    static void check(Optional<Service> old, Service service, Tenants others, FieldErrors errors) {
        if (Wish.isOurs(service)
                && !service.getStatus()
                        .getLoadBalancer()
                        .equals(
                                old.map(before -> before.getStatus().getLoadBalancer())
                                        .orElse(service.getStatus().getLoadBalancer()))) {
            errors.forbidden("status.loadBalancer", "is given out of address pools for this class");
            return;
        }
        List<IpAddress> had = old.map(Tenants::addresses).orElse(List.of());
        for (IpAddress address : Tenants.addresses(service)) {
            for (int i = 0; i < service.getSpec().getPortsCount(); i++) {
                ServicePort port = service.getSpec().getPorts(i);
                boolean anew =
                        !had.contains(address)
                                || old.stream()
                                        .flatMap(before -> before.getSpec().getPortsList().stream())
                                        .noneMatch(before -> same(before, port));
                boolean taken =
                        others.owner(address, port.getProtocol(), port.getPort(), key(service))
                                .isPresent();
                if (anew && taken) {
                    errors.invalid(
                            "spec.ports[" + i + "].port",
                            port.getPort(),
                            "provided port is already allocated at " + address);
                }
            }
        }
    }

    private static boolean same(ServicePort one, ServicePort other) {
        return one.getPort() == other.getPort() && one.getProtocol().equals(other.getProtocol());
    }

    private static Key key(Service service) {
        return Kinds.SERVICE.key(service.getMetadata());
    }
}
