package dev.weir.endpoint.balance;

import dev.weir.core.v1.Condition;
import dev.weir.endpoint.condition.Conditions;
import dev.weir.endpoint.condition.Types;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.LoadBalancerStatus;
import dev.weir.net.v1.PortStatus;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a Service's status says of its addresses. */
final class Result {
    private static final String ASSIGNED = "AddressAssigned";

    private Result() {}

    /**
     * @param lots one for each family
     */
    static Service of(Choice choice, List<Lot> lots, Instant now) {
        Service service = choice.service();
        LoadBalancerStatus.Builder balanced = LoadBalancerStatus.newBuilder();
        lots.stream()
                .flatMap(lot -> lot instanceof Lot.Given given ? Stream.of(given) : Stream.empty())
                .forEach(given -> balanced.addIngress(ingress(given, service)));
        ServiceStatus.Builder status = service.getStatus().toBuilder();
        status.clearLoadBalancer();
        if (balanced.getIngressCount() > 0) {
            status.setLoadBalancer(balanced);
        }
        List<Condition> conditions =
                Conditions.with(status.getConditionsList(), condition(choice, lots), now);
        return service.toBuilder()
                .setStatus(status.clearConditions().addAllConditions(conditions))
                .build();
    }

    private static LoadBalancerIngress ingress(Lot.Given given, Service service) {
        return LoadBalancerIngress.newBuilder()
                .setIp(given.address().toString())
                .setIpMode("VIP")
                .addAllPorts(
                        service.getSpec().getPortsList().stream()
                                .map(
                                        port ->
                                                PortStatus.newBuilder()
                                                        .setPort(port.getPort())
                                                        .setProtocol(port.getProtocol())
                                                        .build())
                                .toList())
                .build();
    }

    private static Condition condition(Choice choice, List<Lot> lots) {
        Optional<Lot.Waits> waiting =
                lots.stream()
                        .flatMap(
                                lot ->
                                        lot instanceof Lot.Waits waits
                                                ? Stream.of(waits)
                                                : Stream.empty())
                        .findFirst();
        boolean any = lots.stream().anyMatch(Lot.Given.class::isInstance);
        boolean enough =
                waiting.isEmpty()
                        || any
                                && choice.service()
                                        .getSpec()
                                        .getIpFamilyPolicy()
                                        .equals("PreferDualStack");
        String message =
                Stream.concat(
                                lots.stream().map(Result::words),
                                choice
                                        .unusable()
                                        .map(text -> text + " is no address of its families")
                                        .stream())
                        .collect(Collectors.joining("; "));
        String reason =
                choice.unusable().isPresent()
                        ? Lot.Reason.ADDRESS_NOT_IN_POOL.toString()
                        : enough
                                ? ASSIGNED
                                : waiting.map(waits -> waits.reason().toString()).orElse(ASSIGNED);
        return Condition.newBuilder()
                .setType(Types.ADDRESS_ASSIGNED)
                .setStatus(enough && choice.unusable().isEmpty() ? "True" : "False")
                .setReason(reason)
                .setMessage(message)
                .build();
    }

    private static String words(Lot lot) {
        return switch (lot) {
            case Lot.Given(var address, var pool) -> address + " of pool \"" + pool + "\"";
            case Lot.Waits(var family, var reason, var message) -> message;
        };
    }
}
