package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.Launcher;
import dev.weir.cli.Session;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.model.Failure;
import dev.weir.model.FailureException;
import dev.weir.model.Manifests;
import dev.weir.node.v1.NodeReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The proxies of a lab: on each node a pod whose process is an agent with the plane l7. They come
 * and go with the lab; {@code lab up} starts one again that died.
 */
final class LabProxies {
    static final String NAMESPACE = "weir-system";

    private static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/name", "ingress", "weir.dev/plane", "l7");
    private static final List<String> PORTS = List.of("http=80/TCP", "https=443/TCP");
    private static final String PROBE = "http:10256/healthz";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL = 50;

    private final Session session;
    private final LabPlace place;
    private final LabSettings settings;

    LabProxies(Session session, LabPlace place, LabSettings settings) {
        this.session = session;
        this.place = place;
        this.settings = settings;
    }

    static String podName(LabNode node) {
        return "ingress-" + node.name();
    }

    /** Returns when all report. Throws CliError. */
    void up(Launcher launcher) throws IOException, InterruptedException {
        try (WeirClient client = WeirClient.to(new ServerAddress.Unix(place.socket()))) {
            classes(client);
            Pods pods = new Pods(session, place, client);
            for (LabNode node : LabNode.all(settings).toList()) {
                if (LabProcess.running(place, LabProcess.L7, node.name()).isEmpty()) {
                    start(client, pods, node, launcher);
                }
            }
            await(client);
        }
    }

    /** Makes what is not there; what somebody changed stays as it is. */
    private static void classes(WeirClient client) throws IOException {
        try (InputStream file = LabProxies.class.getResourceAsStream("/ingress.yaml")) {
            if (file == null) {
                throw new IllegalStateException("no resource ingress.yaml");
            }
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            for (var manifest : Manifests.parse("ingress.yaml", text).manifests()) {
                try {
                    client.create(manifest.object(), WriteOptions.NONE);
                } catch (FailureException e) {
                    if (e.failure().reason() != Failure.Reason.ALREADY_EXISTS) {
                        throw e;
                    }
                }
            }
        }
    }

    private void start(WeirClient client, Pods pods, LabNode node, Launcher launcher)
            throws IOException, InterruptedException {
        PodRequest request =
                new PodRequest(
                        NAMESPACE, podName(node), LABELS, PORTS, PROBE, "", "", List.of("weir"));
        Path directory = place.pod(NAMESPACE, podName(node));
        PodFiles pod =
                PodFiles.read(directory).isPresent()
                        ? pods.find(NAMESPACE, podName(node))
                        : pods.create(request, node.name());
        Map<String, String> all = new LinkedHashMap<>();
        all.put("weir.agent.join", new ServerAddress.Unix(place.socket()).toString());
        all.put("weir.agent.planes", "l7");
        all.put("weir.agent.pod", NAMESPACE + "/" + podName(node));
        all.put("weir.agent.node-name", node.name());
        all.put("weir.agent.node-ip", String.join(",", pod.addresses()));
        all.put("weir.agent.data", directory.resolve("data").toString());
        all.put("weir.agent.l7.drain", "PT1S");
        all.put("weir.agent.l7.access-log", log(node) + ".access");
        List<String> command = new ArrayList<>(launcher.command(LabProcess.AGENT, all));
        command.addAll(LabProcess.marks(place, LabProcess.L7, node.name()));
        Launcher.startDetached(pods.inside(pod, podName(node), command), log(node));
    }

    private Path log(LabNode node) {
        return place.log(LabProcess.L7 + "-" + node.name());
    }

    private void await(WeirClient client) throws InterruptedException {
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (true) {
            Set<String> missing =
                    LabNode.all(settings)
                            .map(node -> NAMESPACE + "/" + podName(node))
                            .collect(Collectors.toCollection(TreeSet::new));
            client.status().getNodesList().stream()
                    .filter(report -> report.getReachable() && report.hasProgrammed())
                    .map(NodeReport::getProxy)
                    .forEach(missing::remove);
            if (missing.isEmpty()) {
                return;
            }
            for (LabNode node : LabNode.all(settings).toList()) {
                if (LabProcess.running(place, LabProcess.L7, node.name()).isEmpty()) {
                    throw new CliError(
                            "the proxy of "
                                    + node.name()
                                    + " ended while starting, see "
                                    + log(node));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new CliError(
                        "no word after %ds of %s, see %s"
                                .formatted(
                                        READY_TIMEOUT.toSeconds(),
                                        String.join(", ", missing),
                                        place.directory().resolve("logs")));
            }
            Thread.sleep(POLL);
        }
    }
}
