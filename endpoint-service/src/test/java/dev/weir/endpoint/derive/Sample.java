package dev.weir.endpoint.derive;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Key;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Objects to derive from, in namespace "shop" unless said otherwise. */
final class Sample {
    static final String NAMESPACE = "shop";

    /** No node is in a zone. */
    static final Nodes NOWHERE = Nodes.NONE;

    private Sample() {}

    /** Selects {@code app=<name>}, port 80 to 8080. */
    static Service.Builder service(String name) {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace(NAMESPACE).setName(name))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .setType("ClusterIP")
                                .setClusterIp("10.96.0.1")
                                .addClusterIps("10.96.0.1")
                                .addIpFamilies("IPv4")
                                .putSelector("app", name)
                                .addPorts(port("http", 80, target(8080))));
    }

    static ServicePort port(String name, int port, IntOrString target) {
        return ServicePort.newBuilder()
                .setName(name)
                .setProtocol("TCP")
                .setPort(port)
                .setTargetPort(target)
                .build();
    }

    static IntOrString target(int number) {
        return IntOrString.newBuilder().setIntVal(number).build();
    }

    static IntOrString target(String name) {
        return IntOrString.newBuilder().setStrVal(name).build();
    }

    /** Running, ready, {@code app=<app>}, with 10.244.0.n and fd00::n. */
    static Pod.Builder pod(String app, int number) {
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace(NAMESPACE)
                                .setName("%s-%03d".formatted(app, number))
                                .setUid("uid-" + app + "-" + number)
                                .putLabels("app", app))
                .setSpec(PodSpec.newBuilder().setNodeName("node-1"))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPhase("Running")
                                .addConditions(ready(true))
                                .addPodIps(
                                        PodIp.newBuilder()
                                                .setIp(
                                                        "10.244."
                                                                + number / 250
                                                                + "."
                                                                + number % 250))
                                .addPodIps(
                                        PodIp.newBuilder()
                                                .setIp(
                                                        "fd00::"
                                                                + Integer.toHexString(
                                                                        number + 1))));
    }

    static Condition ready(boolean ready) {
        return Condition.newBuilder().setType("Ready").setStatus(ready ? "True" : "False").build();
    }

    static Pod.Builder notReady(Pod.Builder pod) {
        pod.getStatusBuilder().clearConditions().addConditions(ready(false));
        return pod;
    }

    static Pod.Builder terminating(Pod.Builder pod) {
        pod.getMetadataBuilder().setDeletionTimestamp(Timestamp.newBuilder().setSeconds(1));
        return pod;
    }

    static Pod.Builder phase(Pod.Builder pod, String phase) {
        pod.getStatusBuilder().setPhase(phase);
        return pod;
    }

    static Pod.Builder containerPort(Pod.Builder pod, String name, int number, String protocol) {
        pod.getSpecBuilder()
                .addContainers(
                        Container.newBuilder()
                                .addPorts(
                                        ContainerPort.newBuilder()
                                                .setName(name)
                                                .setContainerPort(number)
                                                .setProtocol(protocol)));
        return pod;
    }

    static SortedMap<Key, Optional<Message>> derive(
            Service service, Collection<Pod> pods, Collection<EndpointSlice> existing) {
        return Slices.derive(service, pods, existing, NOWHERE, Slices.USUAL_ENDPOINTS);
    }

    static Collection<EndpointSlice> slices(Map<Key, Optional<Message>> changes) {
        return changes.values().stream()
                .flatMap(Optional::stream)
                .map(EndpointSlice.class::cast)
                .toList();
    }

    /** The step that writing the changes to the image makes. */
    static Step step(Image image, SortedMap<Key, Optional<Message>> changes) {
        long revision = image.revision() + 1;
        TreeMap<Key, Change> delta = new TreeMap<>();
        changes.forEach(
                (key, value) ->
                        delta.put(
                                key,
                                value.isPresent()
                                        ? new Change.Put(value.get(), revision)
                                        : new Change.Remove(revision)));
        return Step.of(image, new Delta(image.shard(), "log", revision, image.after(), delta));
    }
}
