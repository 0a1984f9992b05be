package dev.weir.agent;

import dev.weir.agent.cni.PodNetwork;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.agent.derive.Attachment;
import dev.weir.agent.probe.ReadinessProbes;
import dev.weir.changes.Image;
import dev.weir.core.v1.Pod;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Shards;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pods of this node, between those who know of them: the runtime's calls, the node loop, the
 * readiness probes and the registrar.
 */
final class NodePods implements PodNetwork, AutoCloseable {
    private final NodeLoop loop;
    private final PodRegistrar registrar;
    private final ReadinessProbes probes;
    private final Map<Key, LocalState> pods = new ConcurrentHashMap<>();
    private volatile Image control = Image.empty(Shards.CONTROL);
    private volatile boolean planesInSync;

    NodePods(NodeLoop loop, PodRegistrar registrar) {
        this.loop = loop;
        this.registrar = registrar;
        this.probes = new ReadinessProbes(registrar::ready);
    }

    /** Takes up the pods that were here before the agent started. */
    void restore(Collection<PodAttachment> existing) {
        existing.forEach(this::podAdded);
    }

    /** Called by the loop's thread after each round. */
    void carried(NodeLoop.Carried now) {
        planesInSync = now.planesNotInSync().isEmpty();
        Image image = now.image().shards().get(Shards.CONTROL);
        if (image != null && image != control) {
            control = image;
            registrar.observe(image);
            probes.sync(image, addresses());
        }
    }

    @Override
    public Optional<String> notReady() {
        return planesInSync
                ? Optional.empty()
                : Optional.of(
                        "the node has not heard the cluster's state yet; is the control plane up?");
    }

    @Override
    public CompletionStage<?> podAdded(PodAttachment pod) {
        Optional<Pod> registered = control.find(Pod.class, pod.pod());
        LocalState local =
                new LocalState(
                        pod.pod(),
                        pod.addresses(),
                        pod.labels(),
                        ReadinessProbes.readyAtStart(registered));
        pods.put(pod.pod(), local);
        var programmed = loop.attach(new Attachment(pod.pod(), pod.addresses(), pod.labels()));
        registrar.present(local);
        probes.sync(control, addresses());
        return programmed;
    }

    @Override
    public void podRemoved(PodAttachment pod) {
        LocalState local = pods.get(pod.pod());
        if (local == null || !local.addresses().equals(pod.addresses())) {
            return; // A former pod of this name; the present one stays.
        }
        pods.remove(pod.pod());
        registrar.absent(pod.pod());
        var unused = loop.detach(pod.pod());
        probes.sync(control, addresses());
    }

    /** Where each pod is probed. */
    private Map<Key, IpAddress> addresses() {
        Map<Key, IpAddress> result = new HashMap<>();
        pods.forEach((key, local) -> result.put(key, local.addresses().getFirst()));
        return result;
    }

    @Override
    public void close() {
        probes.close();
    }
}
