package dev.weir.agent.derive;

import dev.weir.core.v1.Pod;
import dev.weir.model.Cidr;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random writes to a small cluster; a Service keeps its address, as its owner makes sure. Addresses
 * of load balancers and externalIPs are few, so that Services come to claim the same.
 */
final class RandomCluster {
    /** What externalIPs are programmed. */
    static final List<Cidr> RANGES =
            List.of(Cidr.of("198.51.100.0/24"), Cidr.of("10.96.0.0/24"), Cidr.of("192.0.2.0/24"));

    private static final List<String> ZONES = List.of("", "east", "west");
    private static final List<String> POLICIES = List.of("Cluster", "Local");
    private static final List<String> SHARED = List.of("198.51.100.1", "198.51.100.2");

    /** By a load balancer, as a cluster IP, by nobody, and outside of the ranges. */
    private static final List<String> TAKEN =
            List.of("198.51.100.1", "10.96.0.13", "192.0.2.1", "203.0.113.1");

    private final Random random;
    private final Cluster cluster;

    RandomCluster(Random random, Cluster cluster) {
        this.random = random;
        this.cluster = cluster;
    }

    int next(int bound) {
        return random.nextInt(bound);
    }

    String namespace() {
        return one(List.of("x", "y"));
    }

    /** Some pods that a runtime plugged in, by name, with the last byte of their address. */
    Map<String, Integer> localPods() {
        Map<String, Integer> pods = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            int number = random.nextInt(6);
            pods.put(name(number), 1 + random.nextInt(8));
        }
        return pods;
    }

    void change() {
        String namespace = namespace();
        int number = random.nextInt(6);
        switch (random.nextInt(9)) {
            case 0, 1, 2 -> cluster.put(pod(namespace, number));
            case 3 -> cluster.remove(pod(namespace, number));
            case 4 -> cluster.put(service(namespace));
            case 5 -> cluster.remove(service(namespace));
            case 6 ->
                    cluster.put(
                            random.nextBoolean()
                                    ? Objects.egress(
                                            namespace, policy(), Objects.labels("app", app()), 80)
                                    : Objects.egress(
                                            namespace,
                                            policy(),
                                            Objects.labels("app", app()),
                                            "port"));
            case 7 ->
                    cluster.remove(
                            Objects.egress(namespace, policy(), Objects.labels("app", app()), 1));
            default -> topology(number);
        }
    }

    private void topology(int number) {
        String node = one(List.of("here", "there", "far"));
        switch (random.nextInt(5)) {
            case 4 -> cluster.put(Objects.excluded(Objects.node(node, number)));
            case 0 -> cluster.put(Objects.zoned(Objects.node(node, number), one(ZONES)));
            case 1 -> cluster.remove(Objects.node(node, number));
            case 2 -> cluster.remove(Objects.block("b" + number, number / 2, node, number));
            default ->
                    cluster.put(Objects.block("b" + number, number / 2, node, random.nextInt(9)));
        }
    }

    private Pod pod(String namespace, int number) {
        Pod pod =
                Objects.pod(namespace, name(number), number + 1, one(List.of("here", "there", "")));
        return random.nextBoolean()
                ? Objects.containerPort(pod, "port", one(List.of(80, 8080)))
                : pod;
    }

    private Service service(String namespace) {
        String app = app();
        int address = (namespace.equals("x") ? 10 : 20) + app.length();
        Service service =
                Objects.created(Objects.service(namespace, app, address), random.nextInt(3));
        return switch (random.nextInt(12)) {
            case 6, 7 ->
                    Objects.port(
                            Objects.loadBalancer(
                                    service, one(SHARED), one(POLICIES), 31_000 + address),
                            one(List.of(81, 82)));
            case 8 ->
                    Objects.loadBalancer(
                            Objects.nodePort(service, 30_000 + address, "Cluster"),
                            one(SHARED),
                            one(POLICIES),
                            31_000 + address);
            case 9, 10 ->
                    Objects.externalIp(
                            Objects.nodePort(service, 30_000 + address, one(POLICIES)), one(TAKEN));
            case 0 -> Objects.localInternally(service);
            case 1 -> Objects.keeping(service, 1 + random.nextInt(2));
            case 2 -> Objects.nodePort(service, 30_000 + address, "Cluster");
            case 3 -> Objects.nodePort(service, 30_000 + address, "Local");
            case 4 -> Objects.near(service, "PreferSameNode");
            case 5 -> Objects.near(service, "PreferSameZone");
            default -> service;
        };
    }

    private static String name(int number) {
        return (number % 2 == 0 ? "web-" : "db-") + number;
    }

    private String app() {
        return one(List.of("web", "db"));
    }

    private String policy() {
        return one(List.of("p", "q"));
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
