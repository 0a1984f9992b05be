package dev.weir.agent.probe;

import dev.weir.changes.Image;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.Pod;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Asks the node's pods whether they are ready, as their Pod says, with Kubernetes' defaults and
 * thresholds. Pods without a probe are ready.
 */
public final class ReadinessProbes implements AutoCloseable {
    private final BiConsumer<Key, Boolean> results;

    /** Guarded by this. */
    private final Map<Key, ProbedPod> running = new HashMap<>();

    /**
     * @param results told every change of a pod's readiness
     */
    public ReadinessProbes(BiConsumer<Key, Boolean> results) {
        this.results = results;
    }

    /** Whether the pod counts as ready before any probe has answered. */
    public static boolean readyAtStart(Optional<Pod> pod) {
        return pod.stream()
                .flatMap(found -> found.getSpec().getContainersList().stream())
                .noneMatch(Container::hasReadinessProbe);
    }

    /**
     * Makes the running probes those of these pods; what did not change goes on.
     *
     * @param pods with the address at which each is asked
     */
    public synchronized void sync(Image control, Map<Key, IpAddress> pods) {
        Map<Key, List<ProbedPod.Asked>> wanted = new HashMap<>();
        pods.forEach(
                (key, address) ->
                        control.find(Pod.class, key)
                                .map(pod -> ProbedPod.asked(pod, address))
                                .filter(asked -> !asked.isEmpty())
                                .ifPresent(asked -> wanted.put(key, asked)));
        running.entrySet()
                .removeIf(
                        entry -> {
                            Key key = entry.getKey();
                            boolean stale = !entry.getValue().asked().equals(wanted.get(key));
                            if (stale) {
                                entry.getValue().close();
                                if (readyAtStart(control.find(Pod.class, key))) {
                                    results.accept(key, true);
                                }
                            }
                            return stale;
                        });
        wanted.forEach(
                (pod, asked) ->
                        running.computeIfAbsent(
                                pod,
                                key ->
                                        ProbedPod.start(
                                                key.qualifiedName(),
                                                asked,
                                                ready -> results.accept(key, ready))));
    }

    @Override
    public synchronized void close() {
        running.values().forEach(ProbedPod::close);
        running.clear();
    }
}
