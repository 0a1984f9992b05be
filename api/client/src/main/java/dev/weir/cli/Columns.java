package dev.weir.cli;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.Node;
import dev.weir.core.v1.NodeAddress;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.net.v1.AddressPool;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import dev.weir.net.v1.ServicePort;
import dev.weir.policy.v1.NetworkPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The columns of {@code get}, those of kubectl, without NAMESPACE and LABELS. */
final class Columns {
    static final String NONE = "<none>";

    /** How many endpoints a cell shows before it counts the rest. */
    static final int SHOWN_ENDPOINTS = 3;

    private Columns() {}

    static List<String> header(Message prototype, boolean wide) {
        List<String> narrow =
                switch (prototype) {
                    case Service s ->
                            List.of("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE");
                    case Pod p -> List.of("NAME", "READY", "STATUS", "RESTARTS", "AGE");
                    case Node n -> List.of("NAME", "STATUS", "ROLES", "AGE", "VERSION");
                    case Namespace n -> List.of("NAME", "STATUS", "AGE");
                    case EndpointSlice e ->
                            List.of("NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE");
                    case NetworkPolicy n -> List.of("NAME", "POD-SELECTOR", "AGE");
                    case IpBlock b -> List.of("NAME", "NODE", "CIDRS", "AGE");
                    case AddressPool p -> List.of("NAME", "AUTO-ASSIGN", "ADDRESSES", "AGE");
                    case ServiceCidr c -> List.of("NAME", "CIDRS", "AGE");
                    default -> RouteColumns.header(prototype);
                };
        List<String> more =
                switch (prototype) {
                    case Service s -> List.of("SELECTOR");
                    case Pod p -> List.of("IP", "NODE", "NOMINATED NODE", "READINESS GATES");
                    case Node n -> List.of("INTERNAL-IP", "EXTERNAL-IP");
                    default -> List.of();
                };
        return wide ? concat(narrow, more) : narrow;
    }

    static List<String> cells(Message object, boolean wide, Instant now) {
        ObjectMeta metadata = Resource.metadata(object);
        String name = metadata.getName();
        String age = age(metadata, now);
        return switch (object) {
            case Service s -> {
                List<String> narrow =
                        List.of(
                                name,
                                s.getSpec().getType(),
                                clusterIp(s),
                                externalIp(s),
                                ports(s),
                                age);
                yield wide ? concat(narrow, List.of(labels(s.getSpec().getSelectorMap()))) : narrow;
            }
            case Pod p -> wide ? concat(pod(p, age), podWide(p)) : pod(p, age);
            case Node n -> {
                List<String> narrow = List.of(name, nodeStatus(n), NONE, age, "");
                yield wide
                        ? concat(
                                narrow, List.of(address(n, "InternalIP"), address(n, "ExternalIP")))
                        : narrow;
            }
            case Namespace n -> List.of(name, n.getStatus().getPhase(), age);
            case EndpointSlice e ->
                    List.of(name, e.getAddressType(), slicePorts(e), sliceAddresses(e), age);
            case NetworkPolicy n -> List.of(name, selector(n.getSpec().getPodSelector()), age);
            case IpBlock b ->
                    List.of(
                            name,
                            orNone(b.getSpec().getNodeName()),
                            join(b.getSpec().getCidrsList()),
                            age);
            case AddressPool p ->
                    List.of(
                            name,
                            Boolean.toString(p.getSpec().getAutoAssign()),
                            join(p.getSpec().getAddressesList()),
                            age);
            case ServiceCidr c -> List.of(name, join(c.getSpec().getCidrsList()), age);
            default -> RouteColumns.cells(object, name, age);
        };
    }

    static String age(ObjectMeta metadata, Instant now) {
        if (!metadata.hasCreationTimestamp()) {
            return "<unknown>";
        }
        Timestamp created = metadata.getCreationTimestamp();
        return Durations.age(Instant.ofEpochSecond(created.getSeconds(), created.getNanos()), now);
    }

    /** {@code a=b,c=d}, sorted, or {@code <none>}. */
    static String labels(Map<String, String> labels) {
        return join(
                new TreeMap<>(labels)
                        .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    }

    /** As metav1.FormatLabelSelector. */
    static String selector(LabelSelector selector) {
        Stream<String> expressions =
                selector.getMatchExpressionsList().stream()
                        .map(
                                e ->
                                        switch (e.getOperator()) {
                                            case "In" ->
                                                    e.getKey() + values(" in ", e.getValuesList());
                                            case "NotIn" ->
                                                    e.getKey()
                                                            + values(" notin ", e.getValuesList());
                                            case "DoesNotExist" -> "!" + e.getKey();
                                            default -> e.getKey();
                                        });
        Stream<String> equal =
                new TreeMap<>(selector.getMatchLabelsMap())
                        .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue());
        return join(Stream.concat(equal, expressions).toList());
    }

    static String clusterIp(Service service) {
        var spec = service.getSpec();
        return spec.getClusterIpsCount() > 0 ? spec.getClusterIps(0) : orNone(spec.getClusterIp());
    }

    static String externalIp(Service service) {
        var spec = service.getSpec();
        return switch (spec.getType()) {
            case "LoadBalancer" -> {
                List<String> addresses =
                        Stream.concat(
                                        service
                                                .getStatus()
                                                .getLoadBalancer()
                                                .getIngressList()
                                                .stream()
                                                .map(Columns::ingress),
                                        spec.getExternalIpsList().stream())
                                .distinct()
                                .toList();
                yield addresses.isEmpty() ? "<pending>" : join(addresses);
            }
            case "ExternalName" -> spec.getExternalName();
            default -> join(spec.getExternalIpsList());
        };
    }

    static String ingress(LoadBalancerIngress ingress) {
        return ingress.getIp().isEmpty() ? ingress.getHostname() : ingress.getIp();
    }

    private static String ports(Service service) {
        return join(service.getSpec().getPortsList().stream().map(Columns::port).toList());
    }

    private static String port(ServicePort port) {
        String node = port.getNodePort() == 0 ? "" : ":" + port.getNodePort();
        return port.getPort() + node + "/" + port.getProtocol();
    }

    private static List<String> pod(Pod pod, String age) {
        int containers = pod.getSpec().getContainersCount();
        boolean ready =
                pod.getStatus().getConditionsList().stream()
                        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
        return List.of(
                pod.getMetadata().getName(),
                (ready ? containers : 0) + "/" + containers,
                podStatus(pod),
                "0",
                age);
    }

    static String podStatus(Pod pod) {
        if (pod.getMetadata().hasDeletionTimestamp()) {
            return "Terminating";
        }
        String reason = pod.getStatus().getReason();
        return !reason.isEmpty() ? reason : pod.getStatus().getPhase();
    }

    private static List<String> podWide(Pod pod) {
        String ip =
                pod.getStatus().getPodIpsList().stream()
                        .map(PodIp::getIp)
                        .findFirst()
                        .orElse(orNone(pod.getStatus().getPodIp()));
        return List.of(ip, orNone(pod.getSpec().getNodeName()), NONE, NONE);
    }

    static String nodeStatus(Node node) {
        String ready =
                node.getStatus().getConditionsList().stream()
                        .filter(c -> c.getType().equals("Ready"))
                        .map(Condition::getStatus)
                        .map(status -> status.equals("True") ? "Ready" : "NotReady")
                        .findFirst()
                        .orElse("Unknown");
        return node.getSpec().getUnschedulable() ? ready + ",SchedulingDisabled" : ready;
    }

    private static String address(Node node, String type) {
        return orNone(
                node.getStatus().getAddressesList().stream()
                        .filter(address -> address.getType().equals(type))
                        .map(NodeAddress::getAddress)
                        .findFirst()
                        .orElse(""));
    }

    private static String slicePorts(EndpointSlice slice) {
        if (slice.getPortsCount() == 0) {
            return "<unset>";
        }
        return more(
                slice.getPortsList().stream()
                        .map(p -> p.hasPort() ? Integer.toString(p.getPort()) : portName(p))
                        .toList());
    }

    private static String portName(EndpointPort port) {
        return port.getName().isEmpty() ? "*" : port.getName();
    }

    private static String sliceAddresses(EndpointSlice slice) {
        List<String> all =
                slice.getEndpointsList().stream()
                        .flatMap(e -> e.getAddressesList().stream())
                        .toList();
        return all.isEmpty() ? "<unset>" : more(all);
    }

    /** The first few of a list, then how many more there are. */
    static String more(List<String> all) {
        String first = all.stream().limit(SHOWN_ENDPOINTS).collect(Collectors.joining(","));
        int rest = all.size() - SHOWN_ENDPOINTS;
        return rest > 0 ? first + " + " + rest + " more..." : first;
    }

    private static String values(String operator, List<String> values) {
        return operator + "(" + String.join(",", values) + ")";
    }

    static String join(List<String> words) {
        return words.isEmpty() ? NONE : String.join(",", words);
    }

    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
