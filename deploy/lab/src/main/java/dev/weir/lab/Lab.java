package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.ControlPlane;
import dev.weir.cli.Launcher;
import dev.weir.cli.RunningProcess;
import dev.weir.cli.Session;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import dev.weir.model.FailureException;
import dev.weir.node.v1.NodeReport;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts, heals and removes a lab. Each step leaves alone what is there already, so a run that was
 * interrupted anywhere is completed, or undone, by the next one.
 */
public final class Lab {
    static final String STANDALONE = "standalone";
    static final String AGENT = "agent";

    /** From the start of an agent until its node is reported as reachable. */
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(20);

    /** How long a process may take to end by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LabPlace place;
    private final LabNetwork network;

    public Lab(Path data) {
        this.place = new LabPlace(data);
        this.network = new LabNetwork(place);
    }

    LabPlace place() {
        return place;
    }

    /**
     * Returns when every node is reachable. Throws CliError, also when a lab with other settings
     * runs.
     */
    public void up(LabSettings settings, Launcher launcher)
            throws IOException, InterruptedException {
        Files.createDirectories(place.data());
        try (FileChannel channel = open(lockFile());
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            Optional<LabSettings> former = place.settings();
            if (former.isPresent() && !former.get().equals(settings)) {
                boolean running = !LabProcess.of(place).isEmpty();
                if (running && former.get().bootId().equals(settings.bootId())) {
                    throw new CliError(
                            "a lab with other flags is up: "
                                    + former.get().json().strip()
                                    + "; end it with \"weir lab down\"");
                }
            }
            if (!former.equals(Optional.of(settings))) {
                remove();
                ControlPlane.writeFile(place.settingsFile(), settings.json());
            }
            network.make(settings);
            RunningProcess server = running(STANDALONE, "").orElse(null);
            if (server == null) {
                server = startStandalone(settings, launcher);
            }
            ControlPlane.awaitAnswer(server, place.socket(), place.log(STANDALONE));
            ControlPlane.writeFile(
                    Session.serverFile(place.data()),
                    new ServerAddress.Unix(place.socket()) + "\n");
            for (LabNode node : LabNode.all(settings).toList()) {
                if (running(AGENT, node.name()).isEmpty()) {
                    startAgent(settings, node, launcher);
                }
            }
            awaitNodes(settings);
        }
    }

    private static FileChannel open(Path lock) throws IOException {
        return FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private Path lockFile() {
        return place.data().resolve("lab.lock");
    }

    Optional<RunningProcess> running(String role, String node) {
        return LabProcess.of(place).stream()
                .filter(found -> found.role().equals(role) && found.node().equals(node))
                .map(LabProcess::process)
                .findFirst();
    }

    private RunningProcess startStandalone(LabSettings settings, Launcher launcher)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>(settings.cluster());
        all.put("weir.data", place.directory().toString());
        all.put("weir.listen", new ServerAddress.Unix(place.socket()).toString());
        all.put("weir.dns-listen", LabNetwork.CONTROL_IPV4 + "," + LabNetwork.CONTROL_IPV6);
        List<String> command = new ArrayList<>(launcher.command(STANDALONE, all));
        command.addAll(LabProcess.marks(place, STANDALONE, ""));
        return Launcher.startDetached(place.control().enter(command), place.log(STANDALONE));
    }

    private void startAgent(LabSettings settings, LabNode node, Launcher launcher)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("weir.agent.join", new ServerAddress.Unix(place.socket()).toString());
        all.put("weir.agent.node-name", node.name());
        all.put("weir.agent.node-ip", node.ipv4() + "," + node.ipv6());
        all.put("weir.agent.planes", settings.plane() + ",dns");
        all.put("weir.agent.fabric", settings.fabric());
        all.put("weir.agent.data", place.node(node).toString());
        all.put("weir.agent.cni-socket", place.cniSocket(node).toString());
        // All that can be reached outside: it refuses at once while no resolver runs there.
        Path resolvConf = place.node(node).resolve("resolv.conf");
        all.put("weir.agent.resolv-conf", resolvConf.toString());
        Files.createDirectories(place.node(node));
        Files.writeString(resolvConf, "nameserver " + LabNetwork.EXTERNAL_IPV4 + "\n");
        List<String> command = new ArrayList<>(launcher.command(AGENT, all));
        command.addAll(LabProcess.marks(place, AGENT, node.name()));
        Launcher.startDetached(
                place.netns(node).enter(command), place.log(AGENT + "-" + node.name()));
    }

    /** Until the control plane has heard of each node and its agent serves pods. */
    private void awaitNodes(LabSettings settings) throws InterruptedException {
        long deadline = System.nanoTime() + JOIN_TIMEOUT.toNanos();
        try (WeirClient client = client()) {
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
                    if (running(AGENT, name).isEmpty()) {
                        throw new CliError(
                                "the agent of "
                                        + name
                                        + " ended while starting, see "
                                        + place.log(AGENT + "-" + name));
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

    WeirClient client() {
        return WeirClient.to(new ServerAddress.Unix(place.socket()));
    }

    /** Removes everything; succeeds when there is nothing. */
    public void down() throws IOException, InterruptedException {
        if (!Files.isDirectory(place.data())) {
            return;
        }
        try (FileChannel channel = open(lockFile());
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            remove();
        }
        Files.deleteIfExists(lockFile());
    }

    private void remove() throws IOException, InterruptedException {
        endAll("supervisor");
        for (Netns netns : Netns.beginningWith(place.prefix() + "pod-")) {
            killAll(netns);
        }
        endAll(AGENT);
        endAll(STANDALONE);
        for (Netns netns : Netns.beginningWith(place.prefix())) {
            killAll(netns);
        }
        network.remove();
        Path server = Session.serverFile(place.data());
        if (Files.exists(server) && Files.readString(server).contains(place.socket().toString())) {
            Files.delete(server);
        }
        deleteTree(place.directory());
    }

    private void endAll(String role) throws InterruptedException {
        List<Thread> waits = new ArrayList<>();
        for (LabProcess found : LabProcess.of(place)) {
            if (found.role().equals(role)) {
                waits.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            try {
                                                found.process()
                                                        .end(
                                                                role.equals("supervisor")
                                                                        ? Duration.ZERO
                                                                        : PATIENCE);
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                        }));
            }
        }
        for (Thread wait : waits) {
            wait.join();
        }
    }

    /** Ends all processes inside, new ones too. */
    static void killAll(Netns netns) throws InterruptedException {
        for (List<Long> inside = netns.processes(); !inside.isEmpty(); inside = netns.processes()) {
            for (long pid : inside) {
                Optional<RunningProcess> process = RunningProcess.of(pid);
                if (process.isPresent()) {
                    process.get().kill();
                }
            }
        }
    }

    /** Deletes a directory and all in it; follows no links, succeeds when there is nothing. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
