package dev.weir.agent;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.ObjectReference;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.Endpoint;
import dev.weir.net.v1.EndpointConditions;
import dev.weir.net.v1.EndpointPort;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Measures what keeping a node's state costs, with 10,000 Services of 10 endpoints each, their pods
 * included: {@code SnapshotWriteTime [directory]}. Not a test.
 */
public final class SnapshotWriteTime {
    private static final int SERVICES = 10_000;
    private static final int ENDPOINTS = 10;
    private static final int WRITES = 10;

    private SnapshotWriteTime() {}

    public static void main(String[] args) throws Exception {
        Path directory =
                Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "snapshot");
        Path path = directory.resolve("state.pb");
        SnapshotFile file = new SnapshotFile(path);
        List<Image> images = List.of(pods(), services());
        var threads = ManagementFactory.getThreadMXBean();
        try {
            for (int i = 0; i < WRITES; i++) {
                long cpu = threads.getCurrentThreadCpuTime();
                long start = System.nanoTime();
                file.write(images);
                System.out.printf(
                        "%d objects, %.1f MB: %.0f ms, %.0f ms of CPU%n",
                        images.stream().mapToInt(image -> image.objects().size()).sum(),
                        Files.size(path) / 1e6,
                        (System.nanoTime() - start) / 1e6,
                        (threads.getCurrentThreadCpuTime() - cpu) / 1e6);
            }
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory.resolve("state.pb.tmp"));
            Files.delete(directory);
        }
    }

    private static String address(int pod) {
        return "10." + (pod >> 16) + "." + (pod >> 8 & 255) + "." + (pod & 255);
    }

    private static Image image(String shard, TreeMap<Key, Change> changes) {
        return Image.empty(shard).apply(new Delta(shard, "log-1", 1, Frontier.EMPTY, changes));
    }

    private static ObjectMeta.Builder meta(String name) {
        return ObjectMeta.newBuilder().setNamespace("shop").setName(name).setUid("u-" + name);
    }

    private static Image pods() {
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (int i = 0; i < SERVICES * ENDPOINTS; i++) {
            String name = "service-" + i / ENDPOINTS + "-pod-" + i % ENDPOINTS;
            Pod pod =
                    Pod.newBuilder()
                            .setMetadata(meta(name).putLabels("app", "service-" + i / ENDPOINTS))
                            .setSpec(PodSpec.newBuilder().setNodeName("node-" + i % 500))
                            .setStatus(
                                    PodStatus.newBuilder()
                                            .setPhase("Running")
                                            .setPodIp(address(i))
                                            .addPodIps(PodIp.newBuilder().setIp(address(i)))
                                            .addConditions(
                                                    Condition.newBuilder()
                                                            .setType("Ready")
                                                            .setStatus("True")))
                            .build();
            changes.put(Kinds.POD.key("shop", name), new Change.Put(pod, i + 1));
        }
        return image("control", changes);
    }

    private static Image services() {
        TreeMap<Key, Change> changes = new TreeMap<>();
        for (int i = 0; i < SERVICES; i++) {
            String name = "service-" + i;
            Service service =
                    Service.newBuilder()
                            .setMetadata(meta(name))
                            .setSpec(
                                    ServiceSpec.newBuilder()
                                            .setType("ClusterIP")
                                            .setClusterIp("10.96." + (i >> 8) + "." + (i & 255))
                                            .putSelector("app", name)
                                            .addPorts(
                                                    ServicePort.newBuilder()
                                                            .setName("http")
                                                            .setProtocol("TCP")
                                                            .setPort(80)))
                            .build();
            changes.put(Kinds.SERVICE.key("shop", name), new Change.Put(service, i + 1));
            changes.put(
                    Kinds.ENDPOINT_SLICE.key("shop", name + "-abcde"),
                    new Change.Put(slice(name, i), i + 1));
        }
        return image("endpoint", changes);
    }

    private static EndpointSlice slice(String service, int number) {
        EndpointSlice.Builder slice =
                EndpointSlice.newBuilder()
                        .setMetadata(
                                meta(service + "-abcde")
                                        .putLabels("kubernetes.io/service-name", service))
                        .setAddressType("IPv4")
                        .addPorts(
                                EndpointPort.newBuilder()
                                        .setName("http")
                                        .setProtocol("TCP")
                                        .setPort(8080));
        for (int i = 0; i < ENDPOINTS; i++) {
            int pod = number * ENDPOINTS + i;
            slice.addEndpoints(
                    Endpoint.newBuilder()
                            .addAddresses(address(pod))
                            .setNodeName("node-" + pod % 500)
                            .setConditions(
                                    EndpointConditions.newBuilder()
                                            .setReady(true)
                                            .setServing(true)
                                            .setTerminating(false))
                            .setTargetRef(
                                    ObjectReference.newBuilder()
                                            .setKind("Pod")
                                            .setNamespace("shop")
                                            .setName(service + "-pod-" + i)));
        }
        return slice.build();
    }
}
