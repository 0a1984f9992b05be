package dev.weir.policy.compile;

import static dev.weir.policy.compile.Policies.block;
import static dev.weir.policy.compile.Policies.both;
import static dev.weir.policy.compile.Policies.egress;
import static dev.weir.policy.compile.Policies.every;
import static dev.weir.policy.compile.Policies.ingress;
import static dev.weir.policy.compile.Policies.labels;
import static dev.weir.policy.compile.Policies.namespaces;
import static dev.weir.policy.compile.Policies.pods;
import static dev.weir.policy.compile.Policies.policy;
import static dev.weir.policy.compile.Policies.port;
import static dev.weir.policy.compile.Policies.range;
import static dev.weir.policy.compile.Policies.where;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Step;
import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Pod;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.NetworkPolicy;
import dev.weir.policy.v1.NetworkPolicyPeer;
import dev.weir.policy.v1.NetworkPolicyPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Histories of random changes: groups and filters, kept up step by step, say what the policies
 * literally say.
 */
class RandomPoliciesTest {
    private static final List<String> NAMESPACES = List.of("x", "y");
    private static final int PODS = 4;
    private static final int STEPS = 40;
    private static final int PROBES = 100;

    private final World world =
            new World().outside("near", "203.0.113.9").outside("far", "198.51.100.7");

    private Random random = new Random(0);

    @RepeatedTest(20)
    void compiledFiltersAgreeWithTheLiteralReading(RepetitionInfo repetition) {
        long seed = 815 + repetition.getCurrentRepetition();
        random = new Random(seed);
        NAMESPACES.forEach(name -> world.namespace(name, "team", one("red", "blue")));
        for (String namespace : NAMESPACES) {
            for (int i = 0; i < PODS; i++) {
                world.pod(pod(namespace, i));
            }
        }

        for (int i = 0; i < STEPS; i++) {
            change();
        }

        String said = "";
        try {
            for (int i = 0; i < PROBES; i++) {
                said += probe();
            }
            assertThat(new Groups().derive(Step.start(world.control()), Step.start(world.policy())))
                    .as("a start from nothing finds every record in place")
                    .isEmpty();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        assertThat(said).as("seed %d has connections of both sorts", seed).contains(".");
    }

    private String probe() {
        List<String> names = new ArrayList<>(List.of("near", "far"));
        world.control()
                .all(Kinds.POD, Pod.class)
                .map(pod -> pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName())
                .forEach(names::add);
        String from = names.get(random.nextInt(names.size()));
        String to = names.get(random.nextInt(names.size()));
        boolean v6 = from.contains("/") && to.contains("/") && random.nextBoolean();
        return from.equals(to)
                ? ""
                : world.verdict(
                        from,
                        to,
                        v6,
                        Protocol.values()[random.nextInt(3)],
                        one(53, 80, 85, 8080, 9090));
    }

    private void change() {
        String namespace = one("x", "y");
        switch (random.nextInt(8)) {
            case 0, 1 -> world.pod(pod(namespace, random.nextInt(PODS)));
            case 2 -> world.namespace(namespace, "team", one("red", "blue"));
            case 3 ->
                    world.policy(
                            Kinds.NETWORK_POLICY.key(namespace, "p" + random.nextInt(3)),
                            Optional.empty());
            default -> world.policy(randomPolicy(namespace));
        }
    }

    private Pod.Builder pod(String namespace, int i) {
        int number = (namespace.equals("x") ? 10 : 20) + i;
        Pod.Builder pod = World.pod(namespace, "p" + i, number, "app", one("a", "b", "c"));
        if (random.nextBoolean()) {
            pod.getMetadataBuilder().putLabels("tier", one("front", "back"));
        }
        return random.nextBoolean()
                ? World.containerPort(pod, "web", one(80, 8080, 9090), one("TCP", "UDP", ""))
                : pod;
    }

    private NetworkPolicy randomPolicy(String namespace) {
        List<Policies.Part> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            parts.add(random.nextBoolean() ? ingress(peers(), ports()) : egress(peers(), ports()));
        }
        return policy(
                namespace,
                "p" + random.nextInt(3),
                selector(),
                one("", "Ingress", "Egress", "Ingress,Egress"),
                parts.toArray(Policies.Part[]::new));
    }

    private List<NetworkPolicyPeer> peers() {
        List<NetworkPolicyPeer> peers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            peers.add(
                    switch (random.nextInt(5)) {
                        case 0 -> pods(selector());
                        case 1 -> namespaces(teams());
                        case 2 -> both(teams(), selector());
                        case 3 ->
                                block(one("0.0.0.0/0", "10.244.0.0/16", "203.0.113.0/24", "::/0"));
                        default -> block("0.0.0.0/0", one("10.244.0.0/28", "203.0.0.0/8"));
                    });
        }
        return peers;
    }

    private NetworkPolicyPort[] ports() {
        NetworkPolicyPort[] ports = new NetworkPolicyPort[random.nextInt(3)];
        for (int i = 0; i < ports.length; i++) {
            String protocol = one("TCP", "UDP", "SCTP", "");
            ports[i] =
                    switch (random.nextInt(4)) {
                        case 0 -> every(protocol);
                        case 1 -> port(protocol, one(53, 80, 8080));
                        case 2 -> range(protocol, 80, one(84, 85, 9000));
                        default -> port(protocol, "web");
                    };
        }
        return ports;
    }

    private LabelSelector selector() {
        return switch (random.nextInt(6)) {
            case 0 -> LabelSelector.getDefaultInstance();
            case 1 -> where("app", one("In", "NotIn"), "a", "b");
            case 2 -> where("tier", one("Exists", "DoesNotExist"));
            case 3 -> where("tier", "NotIn", "front");
            default -> labels("app", one("a", "b", "c"));
        };
    }

    private LabelSelector teams() {
        return switch (random.nextInt(3)) {
            case 0 -> LabelSelector.getDefaultInstance();
            case 1 -> where("team", "NotIn", "red");
            default -> labels("team", one("red", "blue"));
        };
    }

    @SafeVarargs
    private final <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
