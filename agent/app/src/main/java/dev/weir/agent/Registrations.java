package dev.weir.agent;

import com.google.protobuf.Timestamp;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to tell the control plane about the node's pods: the difference between the Pod objects and
 * the pods that are here. Pure, and judged from the present state only, so that it mends whatever
 * was missed while there was no control plane.
 */
final class Registrations {
    /**
     * On Pods that an agent made because nobody had registered them; such a Pod goes with its
     * network.
     */
    static final String REGISTERED_BY = "weir.dev/registered-by";

    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private final String node;
    private final List<IpAddress> hostAddresses;

    Registrations(String node, List<IpAddress> hostAddresses) {
        this.node = node;
        this.hostAddresses = List.copyOf(hostAddresses);
    }

    /** One write. */
    sealed interface Action {
        record Create(Pod pod) implements Action {}

        /** Status and node name of a Pod that is still at the revision in its metadata. */
        record Bind(Pod pod) implements Action {}

        record Delete(Pod pod) implements Action {}
    }

    List<Action> plan(Image control, Map<Key, LocalState> locals, Instant now) {
        List<Action> actions = new ArrayList<>();
        for (LocalState local : locals.values()) {
            control.find(Pod.class, local.pod())
                    .ifPresentOrElse(
                            pod -> {
                                Pod bound = bound(pod, local, now);
                                if (!bound.equals(pod)) {
                                    actions.add(new Action.Bind(bound));
                                }
                            },
                            () ->
                                    actions.add(
                                            new Action.Create(
                                                    bound(unregistered(local), local, now))));
        }
        control.all(Kinds.POD, Pod.class)
                .filter(pod -> pod.getSpec().getNodeName().equals(node))
                .filter(
                        pod ->
                                !pod.getSpec().getHostNetwork()
                                        && !pod.getStatus().getPodIp().isEmpty())
                .filter(pod -> !locals.containsKey(key(pod)))
                .forEach(pod -> actions.add(gone(pod, now)));
        return actions;
    }

    private static Key key(Pod pod) {
        return Kinds.POD.key(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }

    private Pod unregistered(LocalState local) {
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(local.pod().namespace())
                                .setName(local.pod().name())
                                .putAllLabels(local.labels())
                                .putAnnotations(REGISTERED_BY, "agent"))
                .setSpec(
                        PodSpec.newBuilder()
                                .setNodeName(node)
                                .addContainers(Container.newBuilder().setName(local.pod().name())))
                .build();
    }

    private Pod bound(Pod pod, LocalState local, Instant now) {
        PodStatus old = pod.getStatus();
        PodStatus.Builder status = old.toBuilder();
        if (!ENDED.contains(old.getPhase())) {
            status.setPhase("Running");
        }
        boolean ready = local.ready() && !ENDED.contains(old.getPhase());
        status.setPodIp(local.addresses().getFirst().toString()).clearPodIps();
        local.addresses()
                .forEach(address -> status.addPodIps(PodIp.newBuilder().setIp(address.toString())));
        if (!hostAddresses.isEmpty()) {
            status.setHostIp(hostAddresses.getFirst().toString());
        }
        if (!old.hasStartTime()) {
            status.setStartTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()));
        }
        setReady(status, ready, now);
        return pod.toBuilder()
                .setStatus(status)
                .setSpec(pod.getSpec().toBuilder().setNodeName(node))
                .build();
    }

    private static Action gone(Pod pod, Instant now) {
        if (pod.getMetadata().containsAnnotations(REGISTERED_BY)) {
            return new Action.Delete(pod);
        }
        PodStatus.Builder status = pod.getStatus().toBuilder().clearPodIp().clearPodIps();
        setReady(status, false, now);
        return new Action.Bind(pod.toBuilder().setStatus(status).build());
    }

    private static void setReady(PodStatus.Builder status, boolean ready, Instant now) {
        String value = ready ? "True" : "False";
        for (Condition.Builder condition : status.getConditionsBuilderList()) {
            if (condition.getType().equals("Ready")) {
                if (!condition.getStatus().equals(value)) {
                    condition
                            .setStatus(value)
                            .setLastTransitionTime(
                                    Timestamp.newBuilder().setSeconds(now.getEpochSecond()));
                }
                return;
            }
        }
        status.addConditions(
                Condition.newBuilder()
                        .setType("Ready")
                        .setStatus(value)
                        .setLastTransitionTime(
                                Timestamp.newBuilder().setSeconds(now.getEpochSecond())));
    }
}
