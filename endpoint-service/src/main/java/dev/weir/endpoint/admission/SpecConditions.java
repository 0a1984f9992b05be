package dev.weir.endpoint.admission;

import dev.weir.core.v1.Condition;
import dev.weir.endpoint.allocate.AddressRange;
import dev.weir.endpoint.allocate.NodePort;
import dev.weir.endpoint.allocate.PortRange;
import dev.weir.endpoint.allocate.Ranges;
import dev.weir.endpoint.condition.Conditions;
import dev.weir.endpoint.condition.Types;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The conditions that follow from a Service's spec, the settings and the ServiceCIDRs alone.
 *
 * @param clusterIps the ranges that there are
 * @param externalIps the externalIPs that nodes take traffic for
 */
public record SpecConditions(
        List<AddressRange> clusterIps, PortRange nodePorts, List<Cidr> externalIps) {
    private static final List<String> TYPES =
            List.of(Types.EXTERNAL_IPS, Types.NODE_PORT, Types.CLUSTER_IP);

    public SpecConditions {
        clusterIps = List.copyOf(clusterIps);
        externalIps = List.copyOf(externalIps);
    }

    /** Where these are the ranges. */
    public SpecConditions in(Ranges ranges) {
        return new SpecConditions(ranges.all().toList(), nodePorts, externalIps);
    }

    /** The Service with them as they are to be. A second time changes nothing. */
    public Service on(Service service, Instant now) {
        List<Condition> before = service.getStatus().getConditionsList();
        List<Condition> wanted =
                Stream.of(externalIps(service), nodePorts(service), clusterIps(service))
                        .flatMap(Optional::stream)
                        .toList();
        List<Condition> after = before;
        for (String type : TYPES) {
            after =
                    Conditions.find(wanted, type).isEmpty()
                            ? Conditions.without(after, type)
                            : after;
        }
        for (Condition condition : wanted) {
            after = Conditions.with(after, condition, now);
        }
        if (after.equals(before)) {
            return service;
        }
        Service.Builder changed = service.toBuilder();
        changed.getStatusBuilder().clearConditions().addAllConditions(after);
        return changed.build();
    }

    private Optional<Condition> externalIps(Service service) {
        List<String> all = service.getSpec().getExternalIpsList();
        if (all.isEmpty() || service.getSpec().getType().equals(ServiceAdmission.EXTERNAL_NAME)) {
            return Optional.empty();
        }
        List<String> outside = all.stream().filter(text -> !allowed(text)).toList();
        return Optional.of(
                outside.isEmpty()
                        ? condition(Types.EXTERNAL_IPS, "True", "InAllowedRange", "")
                        : condition(
                                Types.EXTERNAL_IPS,
                                "False",
                                "NotInAllowedRange",
                                "no node takes traffic to externalIPs "
                                        + String.join(", ", outside)
                                        + ": no range of --external-ip-ranges has them"));
    }

    private boolean allowed(String text) {
        return IpAddress.parse(text)
                .filter(address -> externalIps.stream().anyMatch(range -> range.contains(address)))
                .isPresent();
    }

    private Optional<Condition> nodePorts(Service service) {
        List<String> outside =
                NodePort.of(service).stream()
                        .map(NodePort::number)
                        .filter(number -> !nodePorts.contains(number))
                        .distinct()
                        .map(String::valueOf)
                        .toList();
        return outside.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        condition(
                                Types.NODE_PORT,
                                "False",
                                "OutOfRange",
                                String.join(", ", outside)
                                        + " is kept, and is not in the valid range. The range of"
                                        + " valid ports is "
                                        + nodePorts));
    }

    private Optional<Condition> clusterIps(Service service) {
        List<String> outside =
                service.getSpec().getClusterIpsList().stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .filter(
                                address ->
                                        clusterIps.stream()
                                                .noneMatch(range -> range.assignable(address)))
                        .map(IpAddress::toString)
                        .toList();
        return outside.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        condition(
                                Types.CLUSTER_IP,
                                "False",
                                "OutOfRange",
                                String.join(", ", outside)
                                        + " is kept, and is not in the valid range. The range of"
                                        + " valid IPs is "
                                        + AddressRange.list(clusterIps)));
    }

    private static Condition condition(String type, String status, String reason, String message) {
        return Condition.newBuilder()
                .setType(type)
                .setStatus(status)
                .setReason(reason)
                .setMessage(message)
                .build();
    }
}
