package dev.weir.agent;

import dev.weir.changes.Image;
import dev.weir.core.v1.Container;
import dev.weir.core.v1.ContainerPort;
import dev.weir.core.v1.IntOrString;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.Probe;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Asks the node's pods whether they are ready, as their Pod says: TCP connect or HTTP GET (200 to
 * 399), from the node to the pod's address. One virtual thread for each probe. Pods without a probe
 * are ready.
 */
final class ReadinessProbes implements AutoCloseable {
    private final BiConsumer<Key, Boolean> results;

    /** Guarded by this. */
    private final Map<Key, Running> running = new HashMap<>();

    private record Target(Probe probe, int port, IpAddress address) {}

    private record Running(Target target, Thread thread) {}

    /**
     * @param results told every change of a pod's readiness
     */
    ReadinessProbes(BiConsumer<Key, Boolean> results) {
        this.results = results;
    }

    /** Whether the pod counts as ready before any probe has answered. */
    static boolean readyAtStart(Optional<Pod> pod) {
        return pod.flatMap(ReadinessProbes::probed).isEmpty();
    }

    /** Makes the running probes those of these pods. */
    synchronized void sync(Image control, Collection<LocalState> locals) {
        Map<Key, Target> wanted = new HashMap<>();
        for (LocalState local : locals) {
            control.find(Pod.class, local.pod())
                    .flatMap(pod -> probed(pod).flatMap(container -> target(pod, container, local)))
                    .ifPresent(target -> wanted.put(local.pod(), target));
        }
        running.entrySet()
                .removeIf(
                        entry -> {
                            boolean stale =
                                    !entry.getValue().target().equals(wanted.get(entry.getKey()));
                            if (stale) {
                                entry.getValue().thread().interrupt();
                                if (readyAtStart(control.find(Pod.class, entry.getKey()))) {
                                    results.accept(entry.getKey(), true);
                                }
                            }
                            return stale;
                        });
        wanted.forEach(
                (pod, target) ->
                        running.computeIfAbsent(
                                pod,
                                key ->
                                        new Running(
                                                target,
                                                Thread.ofVirtual()
                                                        .name("probe-" + key.qualifiedName())
                                                        .start(() -> run(key, target)))));
    }

    private static Optional<Container> probed(Pod pod) {
        return pod.getSpec().getContainersList().stream()
                .filter(Container::hasReadinessProbe)
                .findFirst();
    }

    private static Optional<Target> target(Pod pod, Container container, LocalState local) {
        Probe probe = container.getReadinessProbe();
        IntOrString port =
                probe.hasTcpSocket()
                        ? probe.getTcpSocket().getPort()
                        : probe.getHttpGet().getPort();
        return port(pod, port)
                .map(number -> new Target(probe, number, local.addresses().getFirst()));
    }

    private static Optional<Integer> port(Pod pod, IntOrString port) {
        return switch (port.getValueCase()) {
            case INT_VAL -> Optional.of(port.getIntVal());
            case STR_VAL ->
                    pod.getSpec().getContainersList().stream()
                            .flatMap(container -> container.getPortsList().stream())
                            .filter(named -> named.getName().equals(port.getStrVal()))
                            .map(ContainerPort::getContainerPort)
                            .findFirst();
            case VALUE_NOT_SET -> Optional.empty();
        };
    }

    private void run(Key pod, Target target) {
        ProbeState state = ProbeState.INITIAL;
        Probe probe = target.probe();
        try {
            tell(pod, false);
            Thread.sleep(Duration.ofSeconds(probe.getInitialDelaySeconds()));
            while (true) {
                ProbeState next = state.after(succeeds(target), probe);
                if (next.ready() != state.ready()) {
                    tell(pod, next.ready());
                }
                state = next;
                Thread.sleep(
                        Duration.ofSeconds(ProbeState.orDefault(probe.getPeriodSeconds(), 10)));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Unless this probe has been replaced: then its last answer is about a former target. */
    private synchronized void tell(Key pod, boolean ready) throws InterruptedException {
        Running present = running.get(pod);
        if (present == null || present.thread() != Thread.currentThread()) {
            throw new InterruptedException("replaced");
        }
        results.accept(pod, ready);
    }

    private static boolean succeeds(Target target) {
        int timeout = ProbeState.orDefault(target.probe().getTimeoutSeconds(), 1) * 1000;
        InetSocketAddress address =
                new InetSocketAddress(target.address().toInetAddress(), target.port());
        try {
            return target.probe().hasTcpSocket()
                    ? accepts(address, timeout)
                    : answers(address, target.probe().getHttpGet().getPath(), timeout);
        } catch (IOException | IllegalArgumentException failed) {
            return false;
        }
    }

    private static boolean accepts(InetSocketAddress address, int timeout) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, timeout);
            return true;
        }
    }

    private static boolean answers(InetSocketAddress address, String path, int timeout)
            throws IOException {
        String host = address.getAddress().getHostAddress();
        String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
        URI uri =
                URI.create(
                        "http://"
                                + bracketed
                                + ":"
                                + address.getPort()
                                + (path.startsWith("/") ? path : "/" + path));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(timeout);
        connection.setReadTimeout(timeout);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "weir-probe/1");
        try {
            int code = connection.getResponseCode();
            return code >= 200 && code < 400;
        } finally {
            connection.disconnect();
        }
    }

    @Override
    public synchronized void close() {
        running.values().forEach(probe -> probe.thread().interrupt());
        running.clear();
    }
}
