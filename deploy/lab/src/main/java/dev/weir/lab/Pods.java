package dev.weir.lab;

import com.google.gson.JsonObject;
import dev.weir.cli.CliError;
import dev.weir.cli.Launcher;
import dev.weir.cli.Session;
import dev.weir.client.ServerUnreachableException;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.Commit;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Pods of the lab: a network namespace that came in through CNI, and a command inside. Without a
 * control plane pods still start and end; their objects follow from the agent.
 */
final class Pods {
    /** From ADD to Ready. */
    static final Duration READY_TIMEOUT = Duration.ofSeconds(30);

    private static final String IN_POD = script("in-pod.sh");
    private static final String SUPERVISE = script("supervise.sh");

    private final Session session;
    private final LabPlace place;
    private final WeirClient client;

    Pods(Session session, LabPlace place, WeirClient client) {
        this.session = session;
        this.place = place;
        this.client = client;
    }

    /** The node with the fewest pods; of several the first by name. */
    static String leastLoaded(Map<String, Long> podsOfNodes) {
        return podsOfNodes.entrySet().stream()
                .min(
                        Map.Entry.<String, Long>comparingByValue()
                                .thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow(() -> new CliError("the lab has no nodes"))
                .getKey();
    }

    /** How many pods each node has. */
    TreeMap<String, Long> load(LabSettings settings) {
        TreeMap<String, Long> load = new TreeMap<>();
        LabNode.all(settings).forEach(node -> load.put(node.name(), 0L));
        place.podDirectories().stream()
                .flatMap(directory -> PodFiles.read(directory).stream())
                .collect(Collectors.groupingBy(PodFiles::node, Collectors.counting()))
                .forEach((node, count) -> load.merge(node, count, Long::sum));
        return load;
    }

    /** The pod of this name; throws the failure that a server would. */
    PodFiles find(String namespace, String name) {
        return PodFiles.read(place.pod(namespace, name))
                .orElseThrow(() -> Failure.notFound(Kinds.POD, name).asException());
    }

    /**
     * Makes the pod up to its command: object, namespace, network, files. Undoes all of it on
     * failure.
     */
    PodFiles create(PodRequest request, String node) throws IOException, InterruptedException {
        Path directory = place.pod(request.namespace(), request.name());
        if (PodFiles.read(directory).isPresent()) {
            throw Failure.alreadyExists(Kinds.POD, request.name()).asException();
        }
        register(request, node);
        boolean done = false;
        try {
            String id = UUID.randomUUID().toString().replace("-", "");
            PodFiles pod =
                    PodFiles.create(directory, request.namespace(), request.name(), node, id);
            place.podNetns(request.namespace(), request.name()).create();
            JsonObject result = CniCall.of(session, place).add(pod, request.labels());
            pod.writeFiles(result, request.shownHostname(), request.subdomain());
            done = true;
            return pod;
        } finally {
            if (!done) {
                remove(request.namespace(), request.name());
            }
        }
    }

    private void register(PodRequest request, String node) {
        try {
            client.create(request.toPod(node), WriteOptions.NONE);
        } catch (ServerUnreachableException e) {
            session.err().println("Warning: " + e.getMessage());
        } catch (FailureException e) {
            if (e.failure().reason() != Failure.Reason.UNAVAILABLE) {
                throw e;
            }
            session.err().println("Warning: " + e.getMessage());
        }
    }

    /** Starts the pod's command in the background, and something that tells how it ends. */
    void start(PodFiles pod, PodRequest request) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", SUPERVISE, "weir-pod", place.marker()));
        command.addAll(
                List.of(
                        session.environment().getOrDefault("WEIR_LAUNCHER", ""),
                        place.data().toString(),
                        pod.namespace(),
                        pod.name(),
                        pod.directory().toString()));
        command.addAll(inside(pod, request.shownHostname(), request.command()));
        Launcher.startDetached(command, log(pod.namespace(), pod.name()));
    }

    /** As {@link PodEnd#tell}; without a control plane nobody is told. */
    void tellEnd(PodFiles pod, int code) {
        try {
            PodEnd.tell(client, pod.namespace(), pod.name(), code, session.clock().instant());
        } catch (ServerUnreachableException e) {
            session.err().println("Warning: " + e.getMessage());
        }
    }

    Path log(String namespace, String name) {
        return place.log("pods/" + namespace + "/" + name);
    }

    /** The command, to be run in the pod: its network, its resolv.conf and hosts, its host name. */
    List<String> inside(PodFiles pod, String hostname, List<String> command) {
        List<String> inside =
                new ArrayList<>(
                        List.of(
                                "unshare",
                                "--mount",
                                "--uts",
                                "sh",
                                "-c",
                                IN_POD,
                                "weir-pod",
                                pod.directory().toString(),
                                hostname));
        inside.addAll(command);
        return place.podNetns(pod.namespace(), pod.name()).enter(inside);
    }

    /**
     * Ends the pod's processes and removes all of it; succeeds for what is not there.
     *
     * @return where the deletion of its object landed, if one was deleted
     */
    Optional<Commit> remove(String namespace, String name)
            throws IOException, InterruptedException {
        Path directory = place.pod(namespace, name);
        for (LabProcess found : LabProcess.of(place)) {
            if (found.role().equals(LabProcess.SUPERVISOR)
                    && found.argumentsContain(directory.toString())) {
                found.process().kill();
            }
        }
        Netns netns = place.podNetns(namespace, name);
        Lab.killAll(netns);
        Optional<PodFiles> pod = PodFiles.read(directory);
        if (pod.isPresent()) {
            CniCall.of(session, place).delete(pod.get());
        }
        netns.delete();
        Optional<Commit> deleted = unregister(namespace, name);
        Lab.deleteTree(directory);
        return deleted;
    }

    private Optional<Commit> unregister(String namespace, String name) {
        try {
            return Optional.of(client.delete(Kinds.POD, namespace, name, WriteOptions.NONE));
        } catch (ServerUnreachableException e) {
            session.err().println("Warning: " + e.getMessage());
        } catch (FailureException e) {
            if (e.failure().reason() != Failure.Reason.NOT_FOUND) {
                session.err().println("Warning: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    private static String script(String name) {
        try (InputStream stream = Pods.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
