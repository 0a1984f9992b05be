package dev.weir.cli;

import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.PortStatus;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.node.v1.NodeReport;
import dev.weir.node.v1.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Service as {@code kubectl describe} words it; then its endpoints, and what each node carries.
 */
final class ServiceSheet {
    private final Sheet sheet;
    private final Service service;
    private final ServiceFacts facts;

    private ServiceSheet(Sheet sheet, Service service, ServiceFacts facts) {
        this.sheet = sheet;
        this.service = service;
        this.facts = facts;
    }

    static void fill(Sheet sheet, Service service, ServiceFacts facts) {
        ServiceSheet filling = new ServiceSheet(sheet, service, facts);
        filling.addresses();
        filling.ports();
        filling.policies();
        filling.conditions();
        filling.endpoints();
        filling.programmed();
        filling.events();
    }

    private void addresses() {
        var spec = service.getSpec();
        sheet.add("Selector", Columns.labels(spec.getSelectorMap()));
        sheet.add("Type", spec.getType());
        sheet.add("IP Family Policy", Columns.orNone(spec.getIpFamilyPolicy()));
        sheet.add("IP Families", Columns.join(spec.getIpFamiliesList()));
        sheet.add("IP", Columns.clusterIp(service));
        sheet.add("IPs", Columns.join(spec.getClusterIpsList()));
        if (spec.getExternalIpsCount() > 0) {
            sheet.add("External IPs", Columns.join(spec.getExternalIpsList()));
        }
        ifAny("Desired LoadBalancer IP", spec.getLoadBalancerIp());
        List<LoadBalancerIngress> ingress = service.getStatus().getLoadBalancer().getIngressList();
        if (!ingress.isEmpty()) {
            sheet.add(
                    "LoadBalancer Ingress",
                    Columns.join(ingress.stream().map(ServiceSheet::ingress).toList()));
        }
        ifAny("External Name", spec.getExternalName());
    }

    private static String ingress(LoadBalancerIngress ingress) {
        String mode = ingress.getIpMode();
        String unserved =
                ingress.getPortsList().stream()
                        .filter(PortStatus::hasError)
                        .map(
                                port ->
                                        " "
                                                + port.getPort()
                                                + "/"
                                                + port.getProtocol()
                                                + ": "
                                                + port.getError())
                        .collect(Collectors.joining());
        return Columns.ingress(ingress) + (mode.isEmpty() ? "" : " (" + mode + ")") + unserved;
    }

    private void ports() {
        for (ServicePort port : service.getSpec().getPortsList()) {
            String name = port.getName().isEmpty() ? "<unset>" : port.getName();
            sheet.add("Port", name + "  " + port.getPort() + "/" + port.getProtocol());
            String target =
                    port.getTargetPort().hasStrVal()
                            ? port.getTargetPort().getStrVal()
                            : Integer.toString(port.getTargetPort().getIntVal());
            sheet.add("TargetPort", target + "/" + port.getProtocol());
            if (port.getNodePort() != 0) {
                sheet.add("NodePort", name + "  " + port.getNodePort() + "/" + port.getProtocol());
            }
        }
        sheet.add("Endpoints", facts.endpoints());
    }

    private void policies() {
        var spec = service.getSpec();
        sheet.add("Session Affinity", Columns.orNone(spec.getSessionAffinity()));
        ifAny("External Traffic Policy", spec.getExternalTrafficPolicy());
        ifAny("Internal Traffic Policy", spec.getInternalTrafficPolicy());
        ifAny("Traffic Distribution", spec.getTrafficDistribution());
        if (spec.getHealthCheckNodePort() != 0) {
            sheet.add("HealthCheck NodePort", Integer.toString(spec.getHealthCheckNodePort()));
        }
        if (spec.getLoadBalancerSourceRangesCount() > 0) {
            sheet.add(
                    "LoadBalancer Source Ranges",
                    Columns.join(spec.getLoadBalancerSourceRangesList()));
        }
    }

    private void ifAny(String name, String value) {
        if (!value.isEmpty()) {
            sheet.add(name, value);
        }
    }

    private void conditions() {
        List<List<String>> rows = new ArrayList<>();
        for (Condition condition : service.getStatus().getConditionsList()) {
            rows.add(
                    List.of(
                            condition.getType(),
                            condition.getStatus(),
                            Columns.orNone(condition.getReason()),
                            condition.getMessage()));
        }
        table("Conditions", List.of("Type", "Status", "Reason", "Message"), rows);
    }

    private void endpoints() {
        List<List<String>> rows = new ArrayList<>();
        for (EndpointSlice slice : facts.slices()) {
            String ports =
                    Columns.join(slice.getPortsList().stream().map(ServiceSheet::port).toList());
            for (Endpoint endpoint : slice.getEndpointsList()) {
                rows.add(
                        List.of(
                                Columns.orNone(String.join(",", endpoint.getAddressesList())),
                                ports,
                                Columns.orNone(endpoint.getNodeName()),
                                target(endpoint),
                                state(endpoint)));
            }
        }
        table("Endpoint States", List.of("Address", "Ports", "Node", "Target", "State"), rows);
    }

    private static String port(EndpointPort port) {
        return (port.hasPort() ? Integer.toString(port.getPort()) : "*") + "/" + port.getProtocol();
    }

    private static String target(Endpoint endpoint) {
        var target = endpoint.getTargetRef();
        return target.getName().isEmpty()
                ? Columns.NONE
                : target.getKind() + "/" + target.getName();
    }

    /** What is not said is as the API has it: ready, serving, not terminating. */
    static String state(Endpoint endpoint) {
        var conditions = endpoint.getConditions();
        boolean ready = !conditions.hasReady() || conditions.getReady();
        boolean serving = !conditions.hasServing() || conditions.getServing();
        if (conditions.getTerminating()) {
            return serving ? "terminating, serves on" : "terminating";
        }
        return ready ? "ready" : "not ready";
    }

    private void programmed() {
        Set<Key> keys = new HashSet<>();
        keys.add(key(service.getMetadata().getName(), Kinds.SERVICE));
        facts.slices().forEach(s -> keys.add(key(s.getMetadata().getName(), Kinds.ENDPOINT_SLICE)));
        long wanted =
                Stream.concat(
                                Stream.of(service.getMetadata()),
                                facts.slices().stream().map(EndpointSlice::getMetadata))
                        .mapToLong(metadata -> Long.parseLong("0" + metadata.getResourceVersion()))
                        .max()
                        .orElse(0);
        List<List<String>> rows = new ArrayList<>();
        for (NodeReport node : facts.status().getNodesList()) {
            if (node.getProxy().isEmpty()) {
                rows.add(List.of(node.getNodeName(), state(node, wanted, keys)));
            }
        }
        table("Programmed", List.of("Node", "State"), rows);
    }

    private Key key(String name, dev.weir.model.Kind kind) {
        return kind.key(service.getMetadata().getNamespace(), name);
    }

    private String state(NodeReport node, long wanted, Set<Key> keys) {
        String problems =
                node.getProblemsList().stream()
                        .filter(problem -> keys.contains(Key.of(problem.getKey())))
                        .map(ServiceSheet::words)
                        .collect(Collectors.joining("; "));
        var programmed = node.getProgrammed();
        boolean sameLog = programmed.getLogId().equals(facts.status().getHead().getLogId());
        long carried = sameLog ? programmed.getRevisionsOrDefault(Shards.ENDPOINT, 0) : 0;
        String state =
                carried >= wanted
                        ? "programmed"
                        : "behind, at revision " + carried + " of " + wanted;
        return (problems.isEmpty() ? state : "not programmed: " + problems)
                + (node.getReachable() ? "" : " (unreachable)");
    }

    private static String words(Problem problem) {
        return problem.getReason() + " (" + problem.getPlane() + ")";
    }

    /** What has happened to it, as far as the conditions tell: when each became what it is. */
    private void events() {
        List<List<String>> rows = new ArrayList<>();
        service.getStatus().getConditionsList().stream()
                .filter(Condition::hasLastTransitionTime)
                .sorted(Comparator.comparing(ServiceSheet::since))
                .forEach(
                        condition ->
                                rows.add(
                                        List.of(
                                                condition.getType(),
                                                condition.getStatus(),
                                                Columns.orNone(condition.getReason()),
                                                Durations.age(since(condition), facts.now()),
                                                condition.getMessage())));
        table("Events", List.of("Type", "Status", "Reason", "Age", "Message"), rows);
    }

    private static Instant since(Condition condition) {
        Timestamp time = condition.getLastTransitionTime();
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private void table(String name, List<String> titles, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        if (!rows.isEmpty()) {
            all.add(titles);
            all.add(titles.stream().map(title -> "-".repeat(title.length())).toList());
            all.addAll(rows);
        }
        sheet.table(name, "", all);
    }
}
