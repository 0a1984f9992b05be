package dev.weir.lab;

import dev.weir.cli.CliError;
import dev.weir.cli.ConnectOptions;
import dev.weir.cli.Errors;
import dev.weir.cli.NamespaceOptions;
import dev.weir.cli.ObjectWait;
import dev.weir.cli.Session;
import dev.weir.client.ServerAddress;
import dev.weir.client.ServerUnreachableException;
import dev.weir.client.WeirClient;
import dev.weir.core.v1.Pod;
import dev.weir.model.FailureException;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command as a pod. */
@Command(name = "run", description = "run a command as a pod")
final class RunCommand implements Callable<Integer> {
    /** Pods started at the same time. */
    private static final int PARALLEL = 8;

    private final Session session;

    @Mixin private ConnectOptions connect = new ConnectOptions();
    @Mixin private NamespaceOptions namespace = new NamespaceOptions();

    @Option(
            names = "--node",
            defaultValue = "",
            description = "default: the one with the fewest pods")
    private String node = "";

    @Option(
            names = {"-l", "--labels"},
            defaultValue = "",
            paramLabel = "a=b,c=d")
    private String labels = "";

    @Option(names = "--ports", split = ",", paramLabel = "[NAME=]PORT[/PROTOCOL]")
    private List<String> ports = List.of();

    @Option(
            names = "--probe",
            defaultValue = "",
            paramLabel = "tcp:PORT|http:PORT/PATH|grpc:PORT/SERVICE")
    private String probe = "";

    @Option(names = "--hostname", defaultValue = "")
    private String hostname = "";

    @Option(names = "--subdomain", defaultValue = "", description = "a headless Service")
    private String subdomain = "";

    @Option(names = "--replicas", defaultValue = "0", description = "N pods: NAME-1, NAME-2, ...")
    private int replicas;

    @Option(names = "-i", description = "attached; ends with the command's exit code")
    private boolean attached;

    @Option(names = "--rm", description = "with -i: remove the pod when the command has ended")
    private boolean remove;

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "-- CMD")
    private List<String> command = List.of();

    RunCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (remove && !attached) {
            throw new CliError("--rm should only be used for attached containers");
        }
        if (replicas < 0 || attached && replicas > 1) {
            throw new CliError("--replicas: 1 or more, and one with -i");
        }
        LabPlace place = new LabPlace(session.data(connect));
        LabSettings settings = place.started();
        PodRequest request =
                new PodRequest(
                        namespace.orDefault(),
                        name,
                        PodRequest.labels(labels),
                        ports,
                        probe,
                        hostname,
                        subdomain,
                        command);
        if (!node.isEmpty()) {
            place.node(node);
        }
        try (WeirClient client = WeirClient.to(new ServerAddress.Unix(place.socket()))) {
            Pods pods = new Pods(session, place, client);
            TreeMap<String, Long> load = pods.load(settings);
            if (attached) {
                return runAttached(pods, request, nextNode(load));
            }
            List<PodRequest> requests =
                    replicas == 0
                            ? List.of(request)
                            : IntStream.rangeClosed(1, replicas)
                                    .mapToObj(i -> request.named(name + "-" + i))
                                    .toList();
            return runAll(pods, client, requests, load);
        }
    }

    private String nextNode(TreeMap<String, Long> load) {
        String chosen = node.isEmpty() ? Pods.leastLoaded(load) : node;
        load.merge(chosen, 1L, Long::sum);
        return chosen;
    }

    /** Waits for the command with this process's streams. */
    private int runAttached(Pods pods, PodRequest request, String onNode)
            throws IOException, InterruptedException {
        PodFiles pod = pods.create(request, onNode);
        session.out().flush();
        int code =
                Program.runAttached(pods.inside(pod, request.shownHostname(), request.command()));
        if (remove) {
            pods.remove(pod.namespace(), pod.name());
        } else {
            pods.tellEnd(pod, code);
        }
        return code;
    }

    private int runAll(
            Pods pods, WeirClient client, List<PodRequest> requests, TreeMap<String, Long> load)
            throws InterruptedException {
        List<Future<String>> started = new ArrayList<>();
        boolean complete = true;
        try (ExecutorService executor = Executors.newFixedThreadPool(PARALLEL)) {
            for (PodRequest request : requests) {
                String onNode = nextNode(load);
                started.add(executor.submit(() -> start(pods, client, request, onNode)));
            }
            for (Future<String> one : started) {
                try {
                    session.out().println(one.get());
                } catch (ExecutionException e) {
                    session.err().println(Errors.describe(e));
                    complete = false;
                }
                session.out().flush();
            }
        }
        return complete ? 0 : 1;
    }

    private String start(Pods pods, WeirClient client, PodRequest request, String onNode)
            throws IOException, InterruptedException {
        PodFiles pod = pods.create(request, onNode);
        pods.start(pod, request);
        try {
            awaitReady(client, request);
        } catch (ServerUnreachableException offline) {
            // Registered by the agent once the control plane is back.
        } catch (FailureException e) {
            if (e.failure().reason() != dev.weir.model.Failure.Reason.UNAVAILABLE) {
                throw e;
            }
        }
        return "pod/" + request.name() + " created";
    }

    private static void awaitReady(WeirClient client, PodRequest request) {
        String[] never = {""};
        ObjectWait wait =
                new ObjectWait(
                        client, Kinds.POD, request.namespace(), request.name(), Pods.READY_TIMEOUT);
        boolean ready =
                wait.until(
                        object -> {
                            never[0] = PodEnd.whyNever((Pod) object);
                            return !never[0].isEmpty() || isReadyOrDone((Pod) object);
                        });
        if (!never[0].isEmpty()) {
            throw new CliError("pod " + request.name() + " is not ready: " + never[0]);
        }
        if (!ready) {
            throw new CliError(
                    "pod "
                            + request.name()
                            + " is not ready after "
                            + Pods.READY_TIMEOUT.toSeconds()
                            + "s; see \"weir lab logs\" and \"weir describe pod\"");
        }
    }

    private static boolean isReadyOrDone(Pod pod) {
        return pod.getStatus().getPhase().equals("Succeeded")
                || pod.getStatus().getConditionsList().stream()
                        .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }
}
