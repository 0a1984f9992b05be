package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.ClusterOptions;
import dev.weir.cli.CompactJson;
import dev.weir.cli.ConnectOptions;
import dev.weir.cli.Errors;
import dev.weir.cli.NamespaceOptions;
import dev.weir.cli.Session;
import dev.weir.client.ServerAddress;
import dev.weir.client.WeirClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The lab: what is typed after {@code weir lab}. */
@Command(name = "lab", description = "a cluster on this machine: emulated nodes with real agents")
final class LabCommand {
    /** How often {@code logs -f} looks. */
    private static final long FOLLOW_MILLIS = 100;

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Session session;

    LabCommand(Session session) {
        this.session = session;
    }

    @Command(
            name = "up",
            description = "start the lab, or heal it",
            mixinStandardHelpOptions = true)
    int up(
            @Mixin ConnectOptions connect,
            @Mixin ClusterOptions cluster,
            @Option(names = "--nodes", defaultValue = "2", description = "default: 2") int nodes,
            @Option(names = "--plane", defaultValue = "nft", description = "default: nft")
                    String plane,
            @Option(names = "--fabric", defaultValue = "direct", description = "default: direct")
                    String fabric,
            @Option(names = "--no-ingress", description = "without proxies for Ingress and Gateway")
                    boolean noIngress,
            @Option(names = "--distributed", description = "services in processes of their own")
                    boolean distributed)
            throws IOException, InterruptedException {
        if (nodes < 1 || nodes > LabSettings.MAX_NODES) {
            throw new CliError("--nodes: 1 to " + LabSettings.MAX_NODES);
        }
        Path data = session.data(connect);
        Shape shape = distributed ? Shape.DISTRIBUTED : Shape.STANDALONE;
        LabSettings settings =
                settings(shape, nodes, plane, fabric, !noIngress, cluster.settings());
        Lab lab = new Lab(data);
        lab.up(settings, session);
        String names =
                LabNode.all(settings)
                        .map(node -> node.name() + " " + node.ipv4() + "," + node.ipv6())
                        .collect(Collectors.joining("; "));
        session.out().println("lab is up: " + names);
        if (shape == Shape.DISTRIBUTED) {
            session.out()
                    .printf(
                            "the agent of node-1 follows Kafka at %s, the others the control"
                                    + " plane%n",
                            LabNetwork.BROKER);
        }
        session.out().println("server " + new ServerAddress.Unix(lab.place().socket()));
        return 0;
    }

    /** Of a lab that is started now. */
    static LabSettings settings(
            Shape shape,
            int nodes,
            String plane,
            String fabric,
            boolean ingress,
            Map<String, String> cluster)
            throws IOException {
        return new LabSettings(
                shape, nodes, plane, fabric, ingress, cluster, Files.readString(BOOT_ID).strip());
    }

    @Command(
            name = "down",
            description = "remove everything of the lab",
            mixinStandardHelpOptions = true)
    int down(@Mixin ConnectOptions connect) throws IOException, InterruptedException {
        new Lab(session.data(connect)).down();
        session.out().println("lab is down");
        return 0;
    }

    @Command(name = "status", description = "the lab's processes", mixinStandardHelpOptions = true)
    int status(
            @Mixin ConnectOptions connect,
            @Option(
                            names = {"-o", "--output"},
                            defaultValue = "",
                            paramLabel = "json")
                    String output) {
        List<LabProcess> processes =
                LabProcess.of(place(connect)).stream()
                        .filter(process -> !process.role().equals(LabProcess.SUPERVISOR))
                        .toList();
        if (output.equals("json")) {
            session.out().println(CompactJson.of(Map.of("processes", states(connect, processes))));
            return 0;
        }
        if (!output.isEmpty()) {
            throw new CliError(
                    "unknown output format \"" + output + "\", allowed formats are: json");
        }
        session.out().printf("%-16s   %-8s   %-7s   %s%n", "ROLE", "NODE", "PID", "STATE");
        for (Map<String, Object> row : states(connect, processes)) {
            session.out()
                    .printf(
                            "%-16s   %-8s   %-7s   %s%n",
                            row.get("role"),
                            row.getOrDefault("node", "<none>"),
                            row.getOrDefault("pid", "<none>"),
                            row.get("state"));
        }
        return 0;
    }

    /** Those that run, and those that should. */
    private List<Map<String, Object>> states(ConnectOptions connect, List<LabProcess> processes) {
        List<Map<String, Object>> states = new ArrayList<>();
        for (LabProcess process : processes) {
            states.add(state(process.role(), process.node(), "running"));
            states.getLast().put("pid", process.process().pid());
        }
        place(connect)
                .settings()
                .ifPresent(
                        settings -> {
                            settings.shape().roles().forEach(role -> addMissing(states, role, ""));
                            LabNode.all(settings)
                                    .forEach(
                                            node -> {
                                                addMissing(states, LabProcess.AGENT, node.name());
                                                if (settings.ingress()) {
                                                    addMissing(states, LabProcess.L7, node.name());
                                                }
                                            });
                        });
        return states;
    }

    private static void addMissing(List<Map<String, Object>> states, String role, String node) {
        boolean there =
                states.stream()
                        .anyMatch(
                                s ->
                                        role.equals(s.get("role"))
                                                && node.equals(s.getOrDefault("node", "")));
        if (!there) {
            states.add(state(role, node, "stopped"));
        }
    }

    private static Map<String, Object> state(String role, String node, String state) {
        Map<String, Object> row = new TreeMap<>(Map.of("role", role, "state", state));
        if (!node.isEmpty()) {
            row.put("node", node);
        }
        return row;
    }

    @Command(name = "exec", description = "run a command in a pod", mixinStandardHelpOptions = true)
    int exec(
            @Mixin ConnectOptions connect,
            @Mixin NamespaceOptions namespace,
            @Parameters(index = "0", paramLabel = "NAME") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "-- CMD") List<String> command)
            throws IOException, InterruptedException {
        LabPlace place = place(connect);
        try (WeirClient client = client(place)) {
            Pods pods = new Pods(session, place, client);
            PodFiles pod = pods.find(namespace.orDefault(), name);
            return attached(pods.inside(pod, name, command));
        }
    }

    @Command(name = "rm", description = "end pods and remove them", mixinStandardHelpOptions = true)
    int rm(
            @Mixin ConnectOptions connect,
            @Mixin NamespaceOptions namespace,
            @Option(names = "--ignore-not-found") boolean ignoreNotFound,
            @Parameters(arity = "1..*", paramLabel = "NAME") List<String> names)
            throws IOException, InterruptedException {
        LabPlace place = place(connect);
        boolean complete = true;
        try (WeirClient client = client(place)) {
            Pods pods = new Pods(session, place, client);
            for (String name : names) {
                try {
                    if (!Files.isDirectory(place.pod(namespace.orDefault(), name))) {
                        pods.find(namespace.orDefault(), name);
                    }
                    pods.remove(namespace.orDefault(), name);
                    session.out().println("pod \"" + name + "\" deleted");
                } catch (dev.weir.model.FailureException e) {
                    if (!ignoreNotFound) {
                        session.err().println(Errors.describe(e));
                        complete = false;
                    }
                }
            }
        }
        return complete ? 0 : 1;
    }

    @Command(
            name = "ended",
            hidden = true,
            description = "a pod's command has ended",
            mixinStandardHelpOptions = true)
    int ended(
            @Mixin ConnectOptions connect,
            @Mixin NamespaceOptions namespace,
            @Parameters(index = "0") String name,
            @Parameters(index = "1") int code) {
        try (WeirClient client = client(place(connect))) {
            PodEnd.tell(client, namespace.orDefault(), name, code, session.clock().instant());
        }
        return 0;
    }

    @Command(
            name = "node",
            description = "run a command on a node",
            mixinStandardHelpOptions = true)
    int node(
            @Mixin ConnectOptions connect,
            @Parameters(index = "0", paramLabel = "NODE") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "-- CMD") List<String> command)
            throws IOException, InterruptedException {
        LabPlace place = place(connect);
        return attached(place.netns(place.node(name)).enter(command));
    }

    @Command(
            name = "external",
            description = "run a command on the host outside the cluster",
            mixinStandardHelpOptions = true)
    int external(
            @Mixin ConnectOptions connect,
            @Parameters(arity = "1..*", paramLabel = "-- CMD") List<String> command)
            throws IOException, InterruptedException {
        LabPlace place = place(connect);
        LabSettings started = place.started();
        assert started.nodes() > 0;
        return attached(place.external().enter(command));
    }

    @Command(
            name = "logs",
            description = "what a pod's command printed",
            mixinStandardHelpOptions = true)
    int logs(
            @Mixin ConnectOptions connect,
            @Mixin NamespaceOptions namespace,
            @Option(names = {"-f", "--follow"}) boolean follow,
            @Parameters(index = "0", paramLabel = "NAME") String name)
            throws IOException, InterruptedException {
        LabPlace place = place(connect);
        try (WeirClient client = client(place)) {
            Pods pods = new Pods(session, place, client);
            PodFiles pod = pods.find(namespace.orDefault(), name);
            Path log = pods.log(pod.namespace(), pod.name());
            if (!Files.exists(log)) {
                return 0;
            }
            try (InputStream stream = Files.newInputStream(log)) {
                do {
                    stream.transferTo(session.out());
                    session.out().flush();
                    if (follow) {
                        Thread.sleep(FOLLOW_MILLIS);
                    }
                } while (follow && Files.isDirectory(pod.directory()));
            }
        }
        return 0;
    }

    private int attached(List<String> command) throws IOException, InterruptedException {
        session.out().flush();
        session.err().flush();
        return Program.runAttached(command);
    }

    private LabPlace place(ConnectOptions connect) {
        return new LabPlace(session.data(connect));
    }

    private static WeirClient client(LabPlace place) {
        return WeirClient.to(new ServerAddress.Unix(place.socket()));
    }
}
