package dev.weir.lab.demo;

import dev.weir.lab.RunningLab;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of Services that are reached from outside of the cluster, or lead there. */
final class Exposed {
    private static final String CLIENT = Tries.CLIENT;
    private static final String OUTSIDE = "outside";
    private static final String WEB = "web-1 web-2";

    /** As in the manifests. */
    private static final List<Integer> NODE_PORTS = List.of(30_007, 30_008);

    private static final String EXTERNAL_IP = "198.51.100.7";
    private static final int LEGACY_PORT = 8080;

    /** How long a Service may wait for its addresses. */
    private static final Duration ADDRESSED = Duration.ofSeconds(5);

    /** How long an address may be away after its node died. */
    private static final Duration MOVED = Duration.ofSeconds(2);

    private final Rows rows;
    private final Tries tries;
    private final RunningLab lab;
    private final Scripts scripts;

    Exposed(Rows rows, Tries tries, Scripts scripts) {
        this.rows = rows;
        this.tries = tries;
        this.lab = tries.lab();
        this.scripts = scripts;
    }

    void nodePorts() throws IOException, InterruptedException {
        for (int node = 1; node <= 2; node++) {
            String to = RunningLab.nodeAddress(node);
            for (int port : NODE_PORTS) {
                rows.add("node port " + to + ":" + port, OUTSIDE, WEB, () -> servers(to, port));
            }
        }
        String to = RunningLab.nodeAddress(2);
        int allocated =
                Integer.parseInt(field("allocated-nodeport-service", "{.spec.ports[0].nodePort}"));
        rows.add("a node port that was allocated", OUTSIDE, WEB, () -> servers(to, allocated));
    }

    void loadBalancer() throws IOException, InterruptedException {
        for (int family = 0; family < 2; family++) {
            String path = "{.status.loadBalancer.ingress[" + family + "].ip}";
            String address = addressed("loadbalancer-service", path);
            rows.add("loadbalancer-service: " + address, OUTSIDE, WEB, () -> servers(address, 80));
        }
    }

    /** The node that answers for an address dies, as far as anybody on the link can tell. */
    void failover() throws IOException, InterruptedException {
        String address = field("loadbalancer-service", "{.status.loadBalancer.ingress[0].ip}");
        int owner = owner(address);
        rows.add(
                address + ", 2 s after its node's agent was killed",
                OUTSIDE,
                WEB + " by node-" + (3 - owner),
                () -> {
                    lab.kill("agent", "node-" + owner);
                    Thread.sleep(MOVED);
                    lab.outside(List.of("ip", "neigh", "flush", "to", address));
                    String servers = servers(address, 80);
                    return servers + " by node-" + owner(address);
                });
        lab.up();
    }

    /** The number of the node that the host outside sends to; 0 for none. */
    private int owner(String address) {
        tries.fromOutside(address, 80);
        String known = lab.outside(List.of("ip", "neigh", "show", "to", address)).out();
        return IntStream.of(1, 2)
                .filter(n -> known.contains(lab.linkAddress(n)))
                .findFirst()
                .orElse(0);
    }

    void externalIp() throws IOException, InterruptedException {
        tries.apply(tries.file("external-ip"));
        lab.outside(
                List.of("ip", "route", "replace", EXTERNAL_IP, "via", RunningLab.nodeAddress(1)));
        rows.add(
                "external-ip-service: " + EXTERNAL_IP,
                OUTSIDE,
                WEB,
                () -> servers(EXTERNAL_IP, 80));
    }

    /** The way out: to a host that is no pod. */
    void legacy() throws IOException, InterruptedException {
        Process server = lab.startOutside(scripts.server("legacy", LEGACY_PORT));
        try {
            rows.add(
                    "legacy-service: no selector, a host outside",
                    CLIENT,
                    "legacy",
                    () -> tries.servers("legacy-service", 1));
        } finally {
            server.destroyForcibly();
        }
    }

    private String servers(String host, int port) {
        return tries.fromOutside(host, port).servers();
    }

    private String field(String service, String path) {
        return lab.weir("get", "service", service, "-o", "jsonpath=" + path).out();
    }

    /** The address that the Service was given; waits for it, and for every node to know it. */
    private String addressed(String service, String path) throws InterruptedException {
        long deadline = System.nanoTime() + ADDRESSED.toNanos();
        String address = field(service, path);
        while (address.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(50);
            address = field(service, path);
        }
        lab.weir("wait", "--for=programmed", "service/" + service, "--timeout=10s");
        return address;
    }
}
