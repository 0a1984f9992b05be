package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.net.v1.LoadBalancerIngress;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Words an object as {@code kubectl describe} does: names on the left, values aligned. */
final class Description {
    private final Sheet sheet = new Sheet();

    private Description() {}

    /**
     * @param endpoints of a Service, else unused
     */
    static String of(Message object, String endpoints) {
        Description description = new Description();
        description.metadata(object);
        switch (object) {
            case Service service -> description.service(service, endpoints);
            case Pod pod -> description.pod(pod);
            default -> description.rest(object);
        }
        return description.sheet.text();
    }

    private void metadata(Message object) {
        ObjectMeta metadata = Resource.metadata(object);
        add("Name", metadata.getName());
        if (Kinds.of(object).namespaced()) {
            add("Namespace", metadata.getNamespace());
        }
        add("Labels", pairs(metadata.getLabelsMap(), "="));
        add("Annotations", pairs(metadata.getAnnotationsMap(), ": "));
    }

    private void service(Service service, String endpoints) {
        var spec = service.getSpec();
        add("Selector", Columns.labels(spec.getSelectorMap()));
        add("Type", spec.getType());
        add("IP Family Policy", Columns.orNone(spec.getIpFamilyPolicy()));
        add("IP Families", Columns.join(spec.getIpFamiliesList()));
        add("IP", Columns.clusterIp(service));
        add("IPs", Columns.join(spec.getClusterIpsList()));
        if (spec.getExternalIpsCount() > 0) {
            add("External IPs", Columns.join(spec.getExternalIpsList()));
        }
        List<LoadBalancerIngress> ingress = service.getStatus().getLoadBalancer().getIngressList();
        if (!ingress.isEmpty()) {
            add(
                    "LoadBalancer Ingress",
                    Columns.join(ingress.stream().map(Description::ingress).toList()));
        }
        if (!spec.getExternalName().isEmpty()) {
            add("External Name", spec.getExternalName());
        }
        for (ServicePort port : spec.getPortsList()) {
            String name = port.getName().isEmpty() ? "<unset>" : port.getName();
            add("Port", name + "  " + port.getPort() + "/" + port.getProtocol());
            String target =
                    port.getTargetPort().hasStrVal()
                            ? port.getTargetPort().getStrVal()
                            : Integer.toString(port.getTargetPort().getIntVal());
            add("TargetPort", target + "/" + port.getProtocol());
            if (port.getNodePort() != 0) {
                add("NodePort", name + "  " + port.getNodePort() + "/" + port.getProtocol());
            }
        }
        add("Endpoints", endpoints);
        add("Session Affinity", Columns.orNone(spec.getSessionAffinity()));
        if (!spec.getExternalTrafficPolicy().isEmpty()) {
            add("External Traffic Policy", spec.getExternalTrafficPolicy());
        }
        if (!spec.getInternalTrafficPolicy().isEmpty()) {
            add("Internal Traffic Policy", spec.getInternalTrafficPolicy());
        }
        if (!spec.getTrafficDistribution().isEmpty()) {
            add("Traffic Distribution", spec.getTrafficDistribution());
        }
        if (spec.getHealthCheckNodePort() != 0) {
            add("HealthCheck NodePort", Integer.toString(spec.getHealthCheckNodePort()));
        }
        if (spec.getLoadBalancerSourceRangesCount() > 0) {
            add("LoadBalancer Source Ranges", Columns.join(spec.getLoadBalancerSourceRangesList()));
        }
        conditions(service.getStatus().getConditionsList());
    }

    private static String ingress(LoadBalancerIngress ingress) {
        String mode = ingress.getIpMode();
        return Columns.ingress(ingress) + (mode.isEmpty() ? "" : " (" + mode + ")");
    }

    private void pod(Pod pod) {
        add("Node", Columns.orNone(pod.getSpec().getNodeName()));
        add("Status", Columns.podStatus(pod));
        if (!pod.getStatus().getMessage().isEmpty()) {
            add("Message", pod.getStatus().getMessage());
        }
        add("IP", Columns.orNone(pod.getStatus().getPodIp()));
        add(
                "IPs",
                Columns.join(pod.getStatus().getPodIpsList().stream().map(PodIp::getIp).toList()));
        Map<String, Object> spec = new TreeMap<>(Map.of());
        Object tree = Manifests.tree(pod).get("spec");
        if (tree instanceof Map<?, ?> fields) {
            fields.forEach((name, value) -> spec.put(name.toString(), value));
        }
        spec.remove("nodeName");
        if (!spec.isEmpty()) {
            add("Spec", Manifests.yaml(spec).stripTrailing());
        }
        conditions(pod.getStatus().getConditionsList());
    }

    private void rest(Message object) {
        Map<String, Object> tree = new TreeMap<>(Manifests.tree(object));
        tree.keySet().removeAll(List.of("apiVersion", "kind", "metadata"));
        for (Map.Entry<String, Object> field : tree.entrySet()) {
            String name =
                    field.getKey().substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                            + field.getKey().substring(1);
            add(name, value(field.getValue()));
        }
    }

    private static String value(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> named = new TreeMap<>();
            map.forEach((name, inner) -> named.put(name.toString(), inner));
            return named.isEmpty() ? Columns.NONE : Manifests.yaml(named).stripTrailing();
        }
        return value instanceof List ? CompactJson.of(value) : value.toString();
    }

    private void conditions(List<Condition> conditions) {
        for (Condition condition : conditions) {
            String why =
                    (condition.getReason() + ": " + condition.getMessage())
                            .replaceFirst("(^: |: $)", "");
            add(
                    condition.getType(),
                    condition.getStatus()
                            + (why.isBlank() || why.equals(":") ? "" : "  " + why.strip()));
        }
    }

    private void add(String name, String value) {
        sheet.add(name, value);
    }

    private static String pairs(Map<String, String> pairs, String between) {
        List<String> words =
                new TreeMap<>(pairs)
                        .entrySet().stream().map(e -> e.getKey() + between + e.getValue()).toList();
        return words.isEmpty() ? Columns.NONE : String.join("\n", words);
    }
}
