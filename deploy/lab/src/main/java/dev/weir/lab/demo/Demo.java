package dev.weir.lab.demo;

import dev.weir.cli.CliError;
import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The things that are tried, in order. */
final class Demo {
    private static final int PORT = 8080;
    private static final int MANY = 60;

    private static final String LATE = "late";

    /** How long a pod may stay closed after the control plane came back. */
    private static final Duration CONFIRMED = Duration.ofSeconds(10);

    /** How long names may be away after the responder of a node died. */
    private static final Duration NAMES_BACK = Duration.ofSeconds(2);

    private static final String CLIENT = "client";
    private static final Map<String, String> MY_APP = Map.of("app", "my-app");
    private static final Map<String, String> FRONTEND = Map.of("app", "my-app", "tier", "frontend");

    private final RunningLab lab;
    private final Scripts scripts;
    private final Consumer<String> progress;
    private final List<Row> rows = new ArrayList<>();
    private String latencies = "";

    Demo(RunningLab lab, Scripts scripts, Consumer<String> progress) {
        this.lab = lab;
        this.scripts = scripts;
        this.progress = progress;
    }

    private interface Attempt {
        String result() throws IOException, InterruptedException;
    }

    List<Row> run() throws IOException, InterruptedException {
        progress.accept("starting pods on both nodes, applying the manifests");
        pod(CLIENT, "node-1", Map.of("app", "client"));
        pod("web-1", "node-1", MY_APP);
        pod("web-2", "node-2", FRONTEND);
        pod("web-3", "node-2", MY_APP);
        pod("db-1", "node-1", Map.of("app", "stateful-app"));
        pod("db-2", "node-2", Map.of("app", "stateful-app"));
        pod("sensitive", "node-2", Map.of("app", "sensitive-app"));
        apply(scripts.directory());
        progress.accept("pod to pod");
        podToPod();
        progress.accept("Services");
        services();
        progress.accept("names");
        names();
        progress.accept("policies");
        policies();
        progress.accept("labels");
        labels();
        progress.accept("killing an agent, then the control plane, while requests run");
        kills();
        progress.accept("measuring");
        latencies = new Latency(lab, scripts).measure(CLIENT, "web-1", PORT);
        return rows;
    }

    /** How long changes take to reach packets. */
    String latencies() {
        return latencies;
    }

    private void pod(String name, String node, Map<String, String> labels)
            throws IOException, InterruptedException {
        lab.run(name, node, labels, PORT, scripts.server(name, PORT));
    }

    private void apply(Path manifests) {
        must(lab.weir("apply", "-f", manifests.toString(), "--wait"), "apply " + manifests);
    }

    private static void must(RunningLab.Answer answer, String what) {
        if (answer.code() != 0) {
            throw new CliError("demo: " + what + ": " + (answer.err() + answer.out()).strip());
        }
    }

    private void row(String what, String from, String expected, Attempt attempt)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        String got = attempt.result();
        rows.add(new Row(what, from, expected, got, Duration.ofNanos(System.nanoTime() - start)));
    }

    private void podToPod() throws IOException, InterruptedException {
        List<String> own = lab.addresses(CLIENT);
        List<String> other = lab.addresses("web-2");
        for (int family = 0; family < 2; family++) {
            String to = other.get(family);
            String source = own.get(family);
            row("ping web-2 " + to, CLIENT, "answer", () -> reach(CLIENT, to));
            row(
                    "HTTP to web-2, no NAT",
                    CLIENT,
                    "web-2 sees " + source,
                    () -> {
                        Requests one = Requests.ask(lab, scripts, CLIENT, to, PORT, 1);
                        return one.servers() + " sees " + String.join(" ", one.sources());
                    });
        }
    }

    private void services() throws IOException, InterruptedException {
        row(
                MANY + " x my-app-service",
                CLIENT,
                "web-1 web-2 web-3",
                () -> servers("my-app-service", MANY));
        row(
                "frontend-service: both labels",
                CLIENT,
                "web-2",
                () -> servers("frontend-service", 10));
        row(
                "my-app-service, web-3 removed",
                CLIENT,
                "web-1 web-2",
                () -> {
                    lab.remove("web-3");
                    return servers("my-app-service", MANY);
                });
        row(
                "internal-service: no endpoints",
                CLIENT,
                "blocked",
                () -> servers("internal-service", 1));
    }

    private String servers(String host, int count) {
        return Requests.ask(lab, scripts, CLIENT, host, 80, count).servers();
    }

    private void names() throws IOException, InterruptedException {
        String clusterIp =
                lab.weir("get", "service", "my-app-service", "-o", "jsonpath={.spec.clusterIP}")
                        .out();
        TreeSet<String> pods =
                new TreeSet<>(
                        List.of(
                                lab.addresses("db-1").getFirst(),
                                lab.addresses("db-2").getFirst()));
        row("nslookup my-app-service", CLIENT, clusterIp, () -> lookUp("my-app-service"));
        row(
                "nslookup my-app-service.default.svc.cluster.local",
                CLIENT,
                clusterIp,
                () -> lookUp("my-app-service.default.svc.cluster.local"));
        row(
                "nslookup stateful-app (headless)",
                CLIENT,
                String.join(" ", pods),
                () -> lookUp("stateful-app"));
        row(
                "nslookup no-such-service.default.svc.cluster.local",
                CLIENT,
                "NXDOMAIN",
                () -> lookUp("no-such-service.default.svc.cluster.local"));
        Process outside = lab.startOutside(scripts.outsideDns(RunningLab.EXTERNAL_ADDRESS));
        try {
            row(
                    "nslookup www.example.com, which an outside resolver knows",
                    CLIENT,
                    "192.0.2.7",
                    () -> lookUp("www.example.com"));
        } finally {
            outside.destroyForcibly();
        }
    }

    /** The IPv4 addresses, sorted, or NXDOMAIN, or what nslookup says. */
    private String lookUp(String name) {
        RunningLab.Answer answer =
                lab.exec(CLIENT, List.of("nslookup", "-type=A", "-timeout=1", "-retry=1", name));
        if (answer.out().contains("NXDOMAIN")) {
            return "NXDOMAIN";
        }
        int answers = answer.out().indexOf("Name:");
        if (answer.code() != 0 || answers < 0) {
            return (answer.out() + answer.err()).strip().replace('\n', ' ');
        }
        TreeSet<String> addresses = new TreeSet<>();
        answer.out()
                .substring(answers)
                .lines()
                .filter(line -> line.startsWith("Address: "))
                .forEach(line -> addresses.add(line.substring("Address: ".length())));
        return String.join(" ", addresses);
    }

    private void policies() throws IOException, InterruptedException {
        Path policy = scripts.directory().resolve("policy");
        row(
                "sensitive-service, no policy",
                CLIENT,
                "sensitive",
                () -> servers("sensitive-service", 1));
        row(
                "sensitive-service, deny-all-ingress applied",
                CLIENT,
                "blocked",
                () -> {
                    apply(policy);
                    return servers("sensitive-service", 1);
                });
        row("another pod, meanwhile", CLIENT, "web-2", () -> servers("frontend-service", 1));
        row(
                "sensitive-service, policy deleted",
                CLIENT,
                "sensitive",
                () -> {
                    must(
                            lab.weir("delete", "-f", policy.toString(), "--wait"),
                            "delete the policy");
                    return servers("sensitive-service", 1);
                });
    }

    private void labels() throws IOException, InterruptedException {
        row(
                "web-1 loses its label, apply --wait",
                CLIENT,
                "web-2",
                () -> relabel(Map.of("app", "other")));
        row("web-1 gets it back, apply --wait", CLIENT, "web-1 web-2", () -> relabel(MY_APP));
    }

    private String relabel(Map<String, String> labels) throws IOException {
        Path file = Files.createTempFile("weir-demo-", ".yaml");
        try {
            Files.writeString(file, lab.manifest("web-1", labels));
            apply(file);
        } finally {
            Files.delete(file);
        }
        return servers("my-app-service", MANY);
    }

    private void kills() throws IOException, InterruptedException {
        String clusterIp =
                lab.weir("get", "service", "my-app-service", "-o", "jsonpath={.spec.clusterIP}")
                        .out();
        String clientAddress = lab.addresses(CLIENT).getFirst();
        try (Traffic traffic = new Traffic(lab, scripts, CLIENT, clusterIp, 80, 2)) {
            row(
                    "a name, 2 s after node-1's agent was killed",
                    CLIENT,
                    clusterIp,
                    () -> {
                        lab.kill("agent", "node-1");
                        Thread.sleep(NAMES_BACK);
                        return lookUp("my-app-service");
                    });
            row(
                    "requests meanwhile, and while it starts again",
                    CLIENT,
                    "0 failed",
                    () -> {
                        lab.up();
                        return failed(traffic.end());
                    });
        }
        try (Traffic traffic = new Traffic(lab, scripts, CLIENT, clusterIp, 80, 2)) {
            row(
                    "a pod started while the control plane is away",
                    LATE,
                    "isolated",
                    () -> {
                        lab.kill("standalone", "");
                        lab.begin(LATE, "node-1", Map.of("app", "late"), List.of("sleep", "300"));
                        return reach(LATE, clientAddress);
                    });
            row(
                    "requests while the control plane is killed and away",
                    CLIENT,
                    "0 failed",
                    () -> {
                        Thread.sleep(2000);
                        lab.up();
                        return failed(traffic.end());
                    });
        }
        row(
                "that pod, once the control plane is back",
                LATE,
                "answer",
                () -> {
                    long deadline = System.nanoTime() + CONFIRMED.toNanos();
                    String got = reach(LATE, clientAddress);
                    while (!got.equals("answer") && System.nanoTime() < deadline) {
                        got = reach(LATE, clientAddress);
                    }
                    return got;
                });
        row(
                "a change after it is back: deny-all-ingress",
                CLIENT,
                "blocked",
                () -> {
                    apply(scripts.directory().resolve("policy"));
                    String got = servers("sensitive-service", 1);
                    must(
                            lab.weir(
                                    "delete",
                                    "-f",
                                    scripts.directory().resolve("policy").toString(),
                                    "--wait"),
                            "delete the policy");
                    return got;
                });
    }

    /** Whether one ping gets through. */
    private String reach(String pod, String address) {
        return lab.exec(pod, List.of("ping", "-c", "1", "-W", "1", address)).code() == 0
                ? "answer"
                : "isolated";
    }

    private static String failed(Requests requests) {
        String why =
                requests.failures().isEmpty() ? "" : ", first: " + requests.failures().getFirst();
        return requests.answers().isEmpty()
                ? "no answer at all"
                : requests.failures().size() + " failed" + why;
    }
}
