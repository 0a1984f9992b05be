package dev.weir.cli;

import com.google.protobuf.Message;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.Secret;
import dev.weir.model.Kinds;
import dev.weir.model.Manifests;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Words an object as {@code kubectl describe} does: names on the left, values aligned. */
final class Description {
    private final Sheet sheet = new Sheet();

    private Description() {}

    static String of(Service service, ServiceFacts facts) {
        Description description = new Description();
        description.metadata(service);
        ServiceSheet.fill(description.sheet, service, facts);
        return description.sheet.text();
    }

    /** Of any kind that is described by itself alone. */
    static String of(Message object) {
        Description description = new Description();
        description.metadata(object);
        switch (object) {
            case Pod pod -> description.pod(pod);
            case Secret secret -> description.secret(secret);
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

    /** How much is in it, and not what. */
    private void secret(Secret secret) {
        Map<String, String> sizes = new TreeMap<>();
        secret.getDataMap().forEach((key, value) -> sizes.put(key, value.size() + " bytes"));
        add("Type", secret.getType());
        if (secret.getImmutable()) {
            add("Immutable", "true");
        }
        add("Data", pairs(sizes, ": "));
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
