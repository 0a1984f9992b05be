package dev.weir.control;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.log.Decision;
import dev.weir.log.Pending;
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
    private static final Key KEY = Kinds.POD.key("kube-system", "kube-dns-service");

    private DnsServicePod() {}

    /**
     * Makes the Pod have these addresses.
     *
     * @param addresses one per family; none: there is no such Pod
     */
    public static Write<String> at(List<IpAddress> addresses, Instant now) {
        return new Write<>() {
            @Override
            public Decision<String> decide(Pending pending) {
                TreeMap<Key, Optional<Message>> changes = new TreeMap<>();
                Optional<Pod> old = pending.image().find(Pod.class, KEY);
                List<String> there =
                        old.stream()
                                .flatMap(pod -> pod.getStatus().getPodIpsList().stream())
                                .map(PodIp::getIp)
                                .toList();
                List<String> wanted = addresses.stream().map(IpAddress::toString).toList();
                if (!there.equals(wanted)) {
                    changes.put(
                            KEY,
                            wanted.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(pod(old, wanted, now, pending.revision())));
                }
                return new Decision.Accept<>(changes, Frontier.EMPTY, "");
            }

            @Override
            public String repeated(Image durable, long revision) {
                return "";
            }
        };
    }

    private static Pod pod(Optional<Pod> old, List<String> addresses, Instant now, long revision) {
        Timestamp time = Timestamp.newBuilder().setSeconds(now.getEpochSecond()).build();
        ObjectMeta.Builder metadata =
                old.map(pod -> pod.getMetadata().toBuilder())
                        .orElseGet(
                                () ->
                                        ObjectMeta.newBuilder()
                                                .setNamespace(KEY.namespace())
                                                .setName(KEY.name())
                                                .setUid(UUID.randomUUID().toString())
                                                .setGeneration(1)
                                                .setCreationTimestamp(time)
                                                .putLabels("k8s-app", "kube-dns"));
        PodStatus.Builder status =
                PodStatus.newBuilder()
                        .setPhase("Running")
                        .setPodIp(addresses.getFirst())
                        .setStartTime(time)
                        .addConditions(
                                Condition.newBuilder()
                                        .setType("Ready")
                                        .setStatus("True")
                                        .setLastTransitionTime(time));
        addresses.forEach(address -> status.addPodIps(PodIp.newBuilder().setIp(address)));
        return Pod.newBuilder()
                .setMetadata(metadata.setResourceVersion(Long.toString(revision)))
                .setSpec(
                        PodSpec.newBuilder()
                                .addContainers(Container.newBuilder().setName("dns-service")))
                .setStatus(status)
                .build();
    }
}
