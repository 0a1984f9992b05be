package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The things that are tried, in order. */
final class Demo {
    private static final int PORT = 8080;

    private static final String CLIENT = Tries.CLIENT;
    private static final int MANY = Tries.MANY;

    static final Map<String, String> MY_APP = Map.of("app", "my-app");
    private static final Map<String, String> FRONTEND = Map.of("app", "my-app", "tier", "frontend");

    private final RunningLab lab;
    private final Scripts scripts;
    private final Consumer<String> progress;
    private final Tries tries;
    private final Rows rows = new Rows();
    private String latencies = "";
    private List<Outages.Outage> outages = List.of();

    Demo(RunningLab lab, Scripts scripts, Consumer<String> progress) {
        this.lab = lab;
        this.scripts = scripts;
        this.progress = progress;
        this.tries = new Tries(lab, scripts);
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
        tries.apply(scripts.directory());
        progress.accept("pod to pod");
        podToPod();
        progress.accept("Services");
        services();
        progress.accept("Services from outside, and to outside");
        Exposed exposed = new Exposed(rows, tries, scripts);
        exposed.nodePorts();
        exposed.loadBalancer();
        exposed.externalIp();
        exposed.legacy();
        progress.accept("Ingresses and Gateways");
        try (Routed routed = new Routed(rows, tries)) {
            routed.all();
        }
        progress.accept("names");
        names();
        progress.accept("policies");
        policies();
        progress.accept("labels");
        labels();
        kills();
        progress.accept("measuring");
        latencies = new Latency(lab, scripts).measure(CLIENT, "web-1", PORT);
        return rows.all();
    }

    private void kills() throws IOException, InterruptedException {
        progress.accept("killing the agent that announces a load balancer's address");
        new Exposed(rows, tries, scripts).failover();
        Kills kills = new Kills(rows, tries);
        switch (lab.shape()) {
            case STANDALONE -> {
                progress.accept("killing an agent, then the control plane, while requests run");
                kills.agent();
                kills.controlPlane();
            }
            case DISTRIBUTED -> {
                progress.accept(
                        "killing an agent, each service and the broker, while requests and writes"
                                + " run");
                kills.agent();
                Outages all = new Outages(rows, tries, kills);
                all.controlPlane();
                all.others();
                outages = all.all();
            }
        }
    }

    /** What was written while processes were away; empty in the standalone shape. */
    List<Outages.Outage> outages() {
        return outages;
    }

    /** How long changes take to reach packets. */
    String latencies() {
        return latencies;
    }

    private void pod(String name, String node, Map<String, String> labels)
            throws IOException, InterruptedException {
        lab.run(name, node, labels, PORT, scripts.server(name, PORT));
    }

    private void podToPod() throws IOException, InterruptedException {
        List<String> own = lab.addresses(CLIENT);
        List<String> other = lab.addresses("web-2");
        for (int family = 0; family < 2; family++) {
            String to = other.get(family);
            String source = own.get(family);
            rows.add("ping web-2 " + to, CLIENT, "answer", () -> tries.reach(CLIENT, to));
            rows.add(
                    "HTTP to web-2, no NAT",
                    CLIENT,
                    "web-2 sees " + source,
                    () -> {
                        Requests one = tries.ask(to, PORT, 1);
                        return one.servers() + " sees " + String.join(" ", one.sources());
                    });
        }
    }

    private void services() throws IOException, InterruptedException {
        rows.add(
                MANY + " x my-app-service",
                CLIENT,
                "web-1 web-2 web-3",
                () -> tries.servers("my-app-service", MANY));
        rows.add(
                "frontend-service: both labels",
                CLIENT,
                "web-2",
                () -> tries.servers("frontend-service", 10));
        rows.add(
                "my-app-service, web-3 removed",
                CLIENT,
                "web-1 web-2",
                () -> {
                    lab.remove("web-3");
                    return tries.servers("my-app-service", MANY);
                });
        rows.add(
                "internal-service: no endpoints",
                CLIENT,
                "blocked",
                () -> tries.servers("internal-service", 1));
    }

    private void names() throws IOException, InterruptedException {
        String clusterIp = tries.clusterIp("my-app-service");
        TreeSet<String> pods =
                new TreeSet<>(
                        List.of(
                                lab.addresses("db-1").getFirst(),
                                lab.addresses("db-2").getFirst()));
        rows.add(
                "nslookup my-app-service", CLIENT, clusterIp, () -> tries.lookUp("my-app-service"));
        rows.add(
                "nslookup my-app-service.default.svc.cluster.local",
                CLIENT,
                clusterIp,
                () -> tries.lookUp("my-app-service.default.svc.cluster.local"));
        rows.add(
                "nslookup stateful-app (headless)",
                CLIENT,
                String.join(" ", pods),
                () -> tries.lookUp("stateful-app"));
        rows.add(
                "nslookup no-such-service.default.svc.cluster.local",
                CLIENT,
                "NXDOMAIN",
                () -> tries.lookUp("no-such-service.default.svc.cluster.local"));
        Process outside = lab.startOutside(scripts.outsideDns(RunningLab.EXTERNAL_ADDRESS));
        try {
            rows.add(
                    "nslookup www.example.com, which an outside resolver knows",
                    CLIENT,
                    "192.0.2.7",
                    () -> tries.lookUp("www.example.com"));
            rows.add(
                    "nslookup external-name-service, a name for that name",
                    CLIENT,
                    "192.0.2.7",
                    () -> tries.lookUp("external-name-service"));
        } finally {
            outside.destroyForcibly();
        }
    }

    private void policies() throws IOException, InterruptedException {
        Path policy = scripts.directory().resolve("policy");
        rows.add(
                "sensitive-service, no policy",
                CLIENT,
                "sensitive",
                () -> tries.servers("sensitive-service", 1));
        rows.add(
                "sensitive-service, deny-all-ingress applied",
                CLIENT,
                "blocked",
                () -> {
                    tries.apply(policy);
                    return tries.servers("sensitive-service", 1);
                });
        rows.add(
                "another pod, meanwhile",
                CLIENT,
                "web-2",
                () -> tries.servers("frontend-service", 1));
        rows.add(
                "sensitive-service, policy deleted",
                CLIENT,
                "sensitive",
                () -> {
                    tries.delete(policy);
                    return tries.servers("sensitive-service", 1);
                });
    }

    private void labels() throws IOException, InterruptedException {
        rows.add(
                "web-1 loses its label, apply --wait",
                CLIENT,
                "web-2",
                () -> tries.relabel("web-1", Map.of("app", "other")));
        rows.add(
                "web-1 gets it back, apply --wait",
                CLIENT,
                "web-1 web-2",
                () -> tries.relabel("web-1", MY_APP));
    }
}
