package dev.weir.policy.compile;

import dev.weir.core.v1.LabelSelector;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A necessary condition of a group's selector that can be looked up: one label pair for the
 * namespace and one for the pod, or {@link #ANY}. A change of a pod then concerns only the groups
 * under the anchors that its labels fit.
 */
record Anchor(String namespace, String pod) {
    private static final String ANY = "";

    static Anchor of(GroupSelector selector) {
        String namespace =
                switch (selector.scope()) {
                    case GroupSelector.Within(var only) -> only;
                    case GroupSelector.Namespaces(var labels) -> first(labels);
                };
        return new Anchor(namespace, first(selector.pods()));
    }

    /** Every anchor that a pod with these labels fits. */
    static Stream<Anchor> fitting(
            String namespace, Map<String, String> namespaceLabels, Map<String, String> podLabels) {
        return Stream.concat(Stream.of(namespace), pairs(namespaceLabels))
                .flatMap(ns -> pairs(podLabels).map(pod -> new Anchor(ns, pod)));
    }

    private static Stream<String> pairs(Map<String, String> labels) {
        return Stream.concat(
                Stream.of(ANY),
                labels.entrySet().stream().map(pair -> pair.getKey() + "=" + pair.getValue()));
    }

    private static String first(LabelSelector selector) {
        return selector.getMatchLabelsMap().entrySet().stream()
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .min(String::compareTo)
                .orElse(ANY);
    }
}
