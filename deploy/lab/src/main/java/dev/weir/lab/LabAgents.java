package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.Launcher;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import dev.weir.model.FailureException;
import dev.weir.node.v1.NodeReport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Starts the agents that do not run, and waits until their nodes are reachable. */
final class LabAgents {
    /** From the start of an agent until its node is reported as reachable. */
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(20);

    private final LabPlace place;
    private final LabSettings settings;

    LabAgents(LabPlace place, LabSettings settings) {
        this.place = place;
        this.settings = settings;
    }

    /** Throws CliError. */
    void up(Launcher launcher) throws IOException, InterruptedException {
        for (LabNode node : LabNode.all(settings).toList()) {
            if (!runs(node.name())) {
                start(node, launcher);
            }
        }
        awaitNodes();
    }

    /**
     * Whether the node's agent reads the log itself: one of a distributed lab does, the others
     * follow the stream of the control plane.
     */
    static boolean followsLog(LabSettings settings, LabNode node) {
        return settings.shape() == Shape.DISTRIBUTED && node.number() == 1;
    }

    private boolean runs(String node) {
        return LabProcess.running(place, LabProcess.AGENT, node).isPresent();
    }

    private Path log(String node) {
        return place.log(LabProcess.AGENT + "-" + node);
    }

    private void start(LabNode node, Launcher launcher) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("weir.agent.join", new ServerAddress.Unix(place.socket()).toString());
        if (followsLog(settings, node)) {
            all.put("weir.agent.source", "kafka");
            all.put("weir.agent.kafka", LabNetwork.BROKER);
        }
        all.put("weir.agent.node-name", node.name());
        all.put("weir.agent.node-ip", node.ipv4() + "," + node.ipv6());
        all.put("weir.agent.planes", settings.plane() + ",dns,l2");
        all.put("weir.agent.fabric", settings.fabric());
        all.put("weir.agent.data", place.node(node).toString());
        all.put("weir.agent.cni-socket", place.cniSocket(node).toString());
        // All that can be reached outside: it refuses at once while no resolver runs there.
        Path resolvConf = place.node(node).resolve("resolv.conf");
        all.put("weir.agent.resolv-conf", resolvConf.toString());
        Files.createDirectories(place.node(node));
        Files.writeString(resolvConf, "nameserver " + LabNetwork.EXTERNAL_IPV4 + "\n");
        List<String> command = new ArrayList<>(launcher.command(LabProcess.AGENT, all));
        command.addAll(LabProcess.marks(place, LabProcess.AGENT, node.name()));
        Launcher.startDetached(place.netns(node).enter(command), log(node.name()));
    }

    /** Until the control plane has heard of each node and its agent serves pods. */
    private void awaitNodes() throws InterruptedException {
        long deadline = System.nanoTime() + JOIN_TIMEOUT.toNanos();
        try (WeirClient client = WeirClient.to(new ServerAddress.Unix(place.socket()))) {
            while (true) {
                Set<String> missing =
                        LabNode.all(settings)
                                .map(LabNode::name)
                                .collect(Collectors.toCollection(TreeSet::new));
                missing.removeAll(joined(client));
                LabNode.all(settings)
                        .filter(node -> !listens(place.cniSocket(node)))
                        .forEach(node -> missing.add(node.name()));
                if (missing.isEmpty()) {
                    return;
                }
                for (String name : missing) {
                    if (!runs(name)) {
                        throw new CliError(
                                "the agent of " + name + " ended while starting, see " + log(name));
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new CliError(
                            "not reachable after "
                                    + JOIN_TIMEOUT.toSeconds()
                                    + "s: "
                                    + String.join(", ", missing)
                                    + ", see "
                                    + place.directory().resolve("logs"));
                }
                Thread.sleep(POLL);
            }
        }
    }

    private static boolean listens(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> joined(WeirClient client) {
        try {
            return client.status().getNodesList().stream()
                    .filter(NodeReport::getReachable)
                    .map(NodeReport::getNodeName)
                    .toList();
        } catch (FailureException notYet) {
            return List.of();
        }
    }
}
