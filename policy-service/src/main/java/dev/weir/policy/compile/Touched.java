package dev.weir.policy.compile;

import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.LabelSelectors;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The member records that a step may have made wrong; some repeat, and some are right. */
record Touched(GroupsInUse before, GroupsInUse after, Step control, Step policy) {

    Stream<Key> members() {
        return Stream.of(ofPods(), ofNamespaces(), ofPolicies(), ofRecords()).flatMap(keys -> keys);
    }

    private Stream<Key> ofPods() {
        return control.keys(Kinds.POD)
                .flatMap(
                        key ->
                                Stream.concat(
                                        records(control.from(), key, labels(control.from(), key)),
                                        records(control.to(), key, labels(control.to(), key))));
    }

    private Stream<Key> ofNamespaces() {
        return control.keys(Kinds.NAMESPACE)
                .map(Key::name)
                .filter(
                        name ->
                                !Groups.labels(control.from(), name)
                                        .equals(Groups.labels(control.to(), name)))
                .flatMap(name -> pods(name).flatMap(pod -> ofNamespace(name, pod)));
    }

    private Stream<Key> ofNamespace(String name, Key pod) {
        return Stream.concat(
                records(control.to(), pod, Groups.labels(control.from(), name)),
                records(control.to(), pod, Groups.labels(control.to(), name)));
    }

    /** Of groups that are new, or not needed any more. */
    private Stream<Key> ofPolicies() {
        return policy.keys(Kinds.NETWORK_POLICY)
                .flatMap(
                        key ->
                                Stream.concat(
                                        before.of(key).keySet().stream()
                                                .filter(group -> !after.contains(group))
                                                .flatMap(group -> Members.keys(policy.to(), group)),
                                        after.of(key).entrySet().stream()
                                                .filter(group -> !before.contains(group.getKey()))
                                                .flatMap(
                                                        group ->
                                                                possible(
                                                                        group.getKey(),
                                                                        group.getValue()))));
    }

    private Stream<Key> ofRecords() {
        return policy.keys(Kinds.GROUP_MEMBER);
    }

    /** Of a new group; when every pod is new as well, the pods find their groups by themselves. */
    private Stream<Key> possible(String group, GroupSelector selector) {
        if (control.from().objects().isEmpty()) {
            return Stream.empty();
        }
        Stream<String> namespaces =
                switch (selector.scope()) {
                    case GroupSelector.Within(var only) -> Stream.of(only);
                    case GroupSelector.Namespaces(var labels) ->
                            control.to()
                                    .all(Kinds.NAMESPACE, Namespace.class)
                                    .map(Namespace::getMetadata)
                                    .filter(
                                            found ->
                                                    LabelSelectors.matches(
                                                            labels, found.getLabelsMap()))
                                    .map(ObjectMeta::getName);
                };
        return namespaces.flatMap(this::pods).map(pod -> Members.key(group, pod));
    }

    private Stream<Key> pods(String namespace) {
        return control.to()
                .in(Kinds.POD, namespace, Pod.class)
                .map(pod -> Kinds.POD.key(namespace, pod.getMetadata().getName()));
    }

    /** Of the groups that the pod is in as that image has it. */
    private Stream<Key> records(Image image, Key key, Optional<Map<String, String>> namespace) {
        return image.find(Pod.class, key).stream()
                .flatMap(
                        pod ->
                                after.selecting(
                                        key.namespace(),
                                        namespace,
                                        pod.getMetadata().getLabelsMap()))
                .map(group -> Members.key(group, key));
    }

    private static Optional<Map<String, String>> labels(Image image, Key pod) {
        return Groups.labels(image, pod.namespace());
    }
}
