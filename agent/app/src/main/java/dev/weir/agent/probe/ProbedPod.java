package dev.weir.agent.probe;

import dev.weir.core.v1.Pod;
import dev.weir.core.v1.Probe;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The running probes of one pod, a virtual thread for each container that has one: ready when all
 * of them say so.
 */
final class ProbedPod implements AutoCloseable {
    /** What a container is asked, and how often. */
    record Asked(Check check, Probe probe) {}

    private final List<Asked> asked;
    private final Consumer<Boolean> readiness;
    private final List<Thread> threads = new ArrayList<>();

    /** By position; guarded by this. */
    private final Set<Integer> ready = new HashSet<>();

    private boolean closed;

    private ProbedPod(List<Asked> asked, Consumer<Boolean> readiness) {
        this.asked = asked;
        this.readiness = readiness;
    }

    static List<Asked> asked(Pod pod, IpAddress address) {
        return pod.getSpec().getContainersList().stream()
                .filter(container -> container.hasReadinessProbe())
                .map(
                        container ->
                                new Asked(
                                        Check.of(container, address),
                                        container.getReadinessProbe()))
                .toList();
    }

    /**
     * Asks until it is closed.
     *
     * @param readiness told that the pod is not ready, and then every change; never after a close
     */
    static ProbedPod start(String name, List<Asked> asked, Consumer<Boolean> readiness) {
        ProbedPod pod = new ProbedPod(asked, readiness);
        readiness.accept(false);
        for (int i = 0; i < asked.size(); i++) {
            int position = i;
            pod.threads.add(
                    Thread.ofVirtual().name("probe-" + name).start(() -> pod.run(position)));
        }
        return pod;
    }

    List<Asked> asked() {
        return asked;
    }

    private void run(int position) {
        Asked asking = asked.get(position);
        Probe probe = asking.probe();
        ProbeState state = ProbeState.INITIAL;
        try {
            Thread.sleep(Duration.ofSeconds(probe.getInitialDelaySeconds()));
            while (true) {
                state = state.after(passes(asking), probe);
                tell(position, state.ready());
                Thread.sleep(
                        Duration.ofSeconds(ProbeState.orDefault(probe.getPeriodSeconds(), 10)));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean passes(Asked asking) {
        try {
            return asking.check()
                    .passes(
                            Duration.ofSeconds(
                                    ProbeState.orDefault(asking.probe().getTimeoutSeconds(), 1)));
        } catch (IOException | IllegalArgumentException failed) {
            return false;
        }
    }

    private synchronized void tell(int position, boolean now) {
        boolean before = ready.size() == asked.size();
        if (now) {
            ready.add(position);
        } else {
            ready.remove(position);
        }
        boolean after = ready.size() == asked.size();
        if (!closed && before != after) {
            readiness.accept(after);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
