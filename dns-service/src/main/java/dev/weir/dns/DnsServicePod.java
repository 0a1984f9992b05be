package dev.weir.dns;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.log.Write;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The DNS service among the endpoints of kube-system/kube-dns, as a Pod of no node: names go there
 * when the responders of the nodes do not answer.
 */
public final class DnsServicePod {
    static final Key KEY = Kinds.POD.key("kube-system", "kube-dns-service");

    private DnsServicePod() {}

    /**
     * Makes the Pod have these addresses.
     *
     * @param addresses one per family; none: there is no such Pod
     */
    public static Write<String> at(List<IpAddress> addresses, Instant now) {
        return Write.of(
                pending -> {
                    TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                    Optional<Pod> old = pending.image().find(Pod.class, KEY);
                    if (!isAt(old, addresses)) {
                        changes.put(
                                KEY,
                                addresses.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(
                                                stored(old, addresses, now, pending.revision())));
                    }
                    return changes;
                });
    }

    /** Whether there is such a Pod at these addresses, or none and there are none. */
    static boolean isAt(Optional<Pod> pod, List<IpAddress> addresses) {
        return pod.stream()
                .flatMap(there -> there.getStatus().getPodIpsList().stream())
                .map(PodIp::getIp)
                .toList()
                .equals(addresses.stream().map(IpAddress::toString).toList());
    }

    /** As its writer stores it. */
    private static Pod stored(
            Optional<Pod> old, List<IpAddress> addresses, Instant now, long revision) {
        Pod.Builder pod = asked(addresses, now).toBuilder();
        ObjectMeta.Builder metadata =
                old.map(there -> there.getMetadata().toBuilder())
                        .orElseGet(
                                () ->
                                        pod.getMetadata().toBuilder()
                                                .setUid(UUID.randomUUID().toString())
                                                .setGeneration(1)
                                                .setCreationTimestamp(time(now)));
        return pod.setMetadata(metadata.setResourceVersion(Long.toString(revision))).build();
    }

    /** As one asks for it. */
    static Pod asked(List<IpAddress> addresses, Instant now) {
        PodStatus.Builder status =
                PodStatus.newBuilder()
                        .setPhase("Running")
                        .setPodIp(addresses.getFirst().toString())
                        .setStartTime(time(now))
                        .addConditions(
                                Condition.newBuilder()
                                        .setType("Ready")
                                        .setStatus("True")
                                        .setLastTransitionTime(time(now)));
        addresses.forEach(
                address -> status.addPodIps(PodIp.newBuilder().setIp(address.toString())));
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(KEY.namespace())
                                .setName(KEY.name())
                                .putLabels("k8s-app", "kube-dns"))
                .setSpec(
                        PodSpec.newBuilder()
                                .addContainers(Container.newBuilder().setName("dns-service")))
                .setStatus(status)
                .build();
    }

    private static Timestamp time(Instant now) {
        return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).build();
    }
}
