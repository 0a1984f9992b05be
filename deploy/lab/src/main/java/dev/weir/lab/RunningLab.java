package dev.weir.lab;

import dev.weir.changes.Frontier;
import dev.weir.cli.CliError;
import dev.weir.cli.ClusterOptions;
import dev.weir.cli.Main;
import dev.weir.cli.ObjectWait;
import dev.weir.cli.ProgrammedWait;
import dev.weir.cli.RunningProcess;
import dev.weir.cli.Session;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.Commit;
import dev.weir.core.v1.Pod;
import dev.weir.model.Kinds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A lab, of two nodes unless told otherwise, to be driven by a program. */
public final class RunningLab implements AutoCloseable {
    /** Of the host outside, which the lab's agents ask for outside names. */
    public static final String EXTERNAL_ADDRESS = LabNetwork.EXTERNAL_IPV4;

    /** What externalIPs are programmed: addresses for documentation. */
    static final String EXTERNAL_IP_RANGES = "198.51.100.0/24,2001:db8:1::/64";

    private static final String NAMESPACE = "default";

    private static final Duration PROGRAMMED_TIMEOUT = Duration.ofSeconds(30);

    private final Session session;
    private final Shape shape;
    private final Path data;
    private final Lab lab;
    private final boolean ingress;
    private boolean closed; // guarded by this

    /** Without proxies. Nothing runs before {@link #up}. */
    public RunningLab(Session session, Path data, Shape shape) {
        this(session, data, shape, false);
    }

    /**
     * Nothing runs before {@link #up}.
     *
     * @param ingress whether there are proxies
     */
    public RunningLab(Session session, Path data, Shape shape, boolean ingress) {
        this.ingress = ingress;
        this.session = session;
        this.shape = shape;
        this.data = data;
        this.lab = new Lab(data);
    }

    /** What a program printed, and its exit code. */
    public record Answer(int code, String out, String err) {}

    /** A process of the lab and the memory that it occupies, in KiB. */
    public record Memory(String role, String node, long kibibytes) {}

    /** Starts it with two nodes, or heals what died. */
    public void up() throws IOException, InterruptedException {
        up(2);
    }

    /** With so many nodes, the same each time. Throws CliError once it is closed. */
    public synchronized void up(int nodes) throws IOException, InterruptedException {
        if (closed) {
            throw new CliError("the lab is closed");
        }
        Map<String, String> settings = new TreeMap<>(new ClusterOptions().settings());
        settings.put("weir.external-ip-ranges", EXTERNAL_IP_RANGES);
        lab.up(LabCommand.settings(shape, nodes, "nft", "direct", ingress, settings), session);
    }

    public Shape shape() {
        return shape;
    }

    /** The caller closes it. */
    public WeirClient client() {
        return lab.client();
    }

    /** Starts a pod on this node and returns when it is ready. */
    public void run(
            String name, String node, Map<String, String> labels, int port, List<String> command)
            throws IOException, InterruptedException {
        String probe = port == 0 ? "" : "tcp:" + port;
        PodRequest request =
                new PodRequest(NAMESPACE, name, labels, List.of(), probe, "", "", command);
        try (WeirClient client = client()) {
            Pods pods = new Pods(session, lab.place(), client);
            pods.start(pods.create(request, node), request);
            boolean ready =
                    new ObjectWait(client, Kinds.POD, NAMESPACE, name, Pods.READY_TIMEOUT)
                            .until(
                                    pod ->
                                            ((Pod) pod)
                                                    .getStatus().getConditionsList().stream()
                                                            .anyMatch(
                                                                    c ->
                                                                            c.getType()
                                                                                            .equals(
                                                                                                    "Ready")
                                                                                    && c.getStatus()
                                                                                            .equals(
                                                                                                    "True")));
            if (!ready) {
                throw new CliError(
                        "pod "
                                + name
                                + " is not ready after "
                                + Pods.READY_TIMEOUT.toSeconds()
                                + "s");
            }
        }
    }

    /**
     * Starts a pod on this node and returns when its network is there: also without a control
     * plane.
     */
    public void begin(String name, String node, Map<String, String> labels, List<String> command)
            throws IOException, InterruptedException {
        PodRequest request =
                new PodRequest(NAMESPACE, name, labels, List.of(), "", "", "", command);
        try (WeirClient client = client()) {
            Pods pods = new Pods(session, lab.place(), client);
            pods.start(pods.create(request, node), request);
        }
    }

    /** Returns when every node has taken notice. */
    public void remove(String name) throws IOException, InterruptedException {
        try (WeirClient client = client()) {
            Optional<Commit> deleted =
                    new Pods(session, lab.place(), client).remove(NAMESPACE, name);
            if (deleted.isPresent()) {
                new ProgrammedWait(client, false, PROGRAMMED_TIMEOUT)
                        .until(ProgrammedWait.with(Frontier.EMPTY, deleted.get()), List.of());
            }
        }
    }

    /** Gives a pod these labels and no others; returns with the revision, before any node knows. */
    public void setLabels(String name, Map<String, String> labels) {
        try (WeirClient client = client()) {
            Pod pod = (Pod) client.get(Kinds.POD, NAMESPACE, name);
            Pod.Builder changed = pod.toBuilder();
            changed.getMetadataBuilder().clearLabels().putAllLabels(labels);
            client.update(changed.build(), List.of("metadata.labels"), WriteOptions.NONE);
        }
    }

    /** The pod's addresses, IPv4 first. */
    public List<String> addresses(String name) {
        try (WeirClient client = client()) {
            Pod pod = (Pod) client.get(Kinds.POD, NAMESPACE, name);
            return pod.getStatus().getPodIpsList().stream().map(ip -> ip.getIp()).toList();
        }
    }

    /** Runs a command in a pod to its end. */
    public Answer exec(String pod, List<String> command) {
        Program.Ended ended = Program.run(inside(pod, command), "", Map.of());
        return new Answer(ended.code(), ended.out(), ended.err());
    }

    /** Starts a command in a pod; what it prints comes over a pipe. */
    public Process start(String pod, List<String> command) throws IOException {
        return new ProcessBuilder(inside(pod, command)).redirectErrorStream(true).start();
    }

    /** Starts a command on the host outside; returns when it has printed a line. */
    public Process startOutside(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(lab.place().external().enter(command))
                        .redirectErrorStream(true)
                        .start();
        String line = process.inputReader().readLine();
        if (line == null) {
            throw new CliError("ended at once, outside: " + String.join(" ", command));
        }
        return process;
    }

    /** Starts a command on the host outside; what it prints comes over a pipe. */
    public Process openOutside(List<String> command) throws IOException {
        return new ProcessBuilder(lab.place().external().enter(command))
                .redirectErrorStream(true)
                .start();
    }

    /** Runs a command on the host outside to its end. */
    public Answer outside(List<String> command) {
        Program.Ended ended = Program.run(lab.place().external().enter(command), "", Map.of());
        return new Answer(ended.code(), ended.out(), ended.err());
    }

    /** The link address of the node of this number, from 1. */
    public String linkAddress(int number) {
        List<String> show = List.of("ip", "-br", "link", "show", "dev", "eth0");
        String[] words =
                Program.run(lab.place().netns(new LabNode(number)).enter(show), "", Map.of())
                        .out()
                        .split("\\s+");
        return words[2];
    }

    /** The IPv4 address of the node of this number, from 1. */
    public static String nodeAddress(int number) {
        return new LabNode(number).ipv4();
    }

    private List<String> inside(String pod, List<String> command) {
        try (WeirClient client = client()) {
            Pods pods = new Pods(session, lab.place(), client);
            return pods.inside(pods.find(NAMESPACE, pod), pod, command);
        }
    }

    /** Types a weir command. */
    public Answer weir(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> environment = new TreeMap<>(session.environment());
        environment.put("WEIR_DATA", data.toString());
        environment.remove("WEIR_SERVER");
        int code =
                Main.run(
                        new Session(
                                environment,
                                InputStream.nullInputStream(),
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                session.clock()),
                        arguments);
        return new Answer(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Ends a process with SIGKILL. */
    public void kill(String role, String node) throws InterruptedException {
        RunningProcess process =
                LabProcess.running(lab.place(), role, node)
                        .orElseThrow(() -> new CliError("no " + role + " " + node));
        process.kill();
    }

    /** Of each process of Weir. */
    public List<Memory> memory() {
        return LabProcess.of(lab.place()).stream()
                .filter(process -> !process.role().equals(LabProcess.SUPERVISOR))
                .map(
                        process ->
                                new Memory(
                                        process.role(),
                                        process.node(),
                                        resident(process.process().pid())))
                .toList();
    }

    private static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The labels of a pod's manifest, changed; as YAML. */
    public String manifest(String name, Map<String, String> labels) {
        try (WeirClient client = client()) {
            Pod pod = (Pod) client.get(Kinds.POD, NAMESPACE, name);
            Pod.Builder changed = Pod.newBuilder().setSpec(pod.getSpec());
            changed.getMetadataBuilder()
                    .setName(name)
                    .setNamespace(NAMESPACE)
                    .putAllLabels(new TreeMap<>(labels))
                    .putAllAnnotations(pod.getMetadata().getAnnotationsMap());
            return dev.weir.model.Manifests.yaml(changed.build());
        }
    }

    /** Processes, namespaces and files of the lab that are there; none after {@link #close}. */
    public List<String> leftovers() {
        Stream<String> processes =
                LabProcess.of(lab.place()).stream()
                        .map(found -> found.role() + " " + found.process().pid());
        Stream<String> namespaces =
                Netns.beginningWith(lab.place().prefix()).stream().map(Netns::name);
        Stream<String> files =
                Stream.of(lab.place().directory()).filter(Files::exists).map(Path::toString);
        return Stream.of(processes, namespaces, files).flatMap(all -> all).toList();
    }

    /** Removes everything, once a start that is under way has ended. */
    @Override
    public synchronized void close() throws IOException, InterruptedException {
        closed = true;
        lab.down();
    }
}
