package dev.weir.policy.compile;

import static dev.weir.policy.compile.Policies.ALL;
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

import dev.weir.core.v1.LabelSelector;
import dev.weir.model.Kinds;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.NetworkPolicyPeer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people and plug-ins get wrong about NetworkPolicy. Each verdict is also checked against the
 * literal reading.
 */
class TrapsTest {
    private static final LabelSelector A = labels("app", "a");

    /** Namespace x has a and b, y has a and b; y is labelled team=blue. */
    private final World world =
            new World()
                    .namespace("x", "team", "red")
                    .namespace("y", "team", "blue")
                    .pod(
                            World.containerPort(
                                    World.pod("x", "a", 1, "app", "a"), "web", 8080, "TCP"))
                    .pod(
                            World.containerPort(
                                    World.pod("x", "b", 2, "app", "b", "tier", "back"),
                                    "web",
                                    9090,
                                    "TCP"))
                    .pod(World.pod("y", "a", 3, "app", "a"))
                    .pod(World.containerPort(World.pod("y", "b", 4, "app", "b"), "web", 53, "UDP"))
                    .outside("world", "203.0.113.9")
                    .outside("near", "203.0.114.9");

    private String tcp(String from, String to, int port) {
        return world.verdict(from, to, Protocol.TCP, port);
    }

    /** To x/a from x/b, y/a, y/b and the outside. */
    private String reachA() {
        return Stream.of("x/b", "y/a", "y/b", "world")
                .map(from -> tcp(from, "x/a", 80))
                .reduce("", String::concat);
    }

    @Test
    void aPolicyChoosesPodsOfItsOwnNamespaceOnly() {
        world.policy(policy("x", "deny", A, "Ingress"));

        assertThat(reachA()).isEqualTo("IIII");
        assertThat(tcp("x/b", "y/a", 80)).isEqualTo(".");
    }

    @Test
    void isolationIsPerDirection() {
        world.policy(policy("x", "deny", ALL, "Ingress"));

        assertThat(tcp("x/a", "y/a", 80)).isEqualTo(".");
        assertThat(tcp("y/a", "x/a", 80)).isEqualTo("I");
    }

    @Test
    void withoutTypesAndEgressRulesEgressStaysOpen() {
        world.policy(policy("x", "deny", A, ""));

        assertThat(tcp("x/a", "y/a", 80)).isEqualTo(".");
        assertThat(reachA()).isEqualTo("IIII");
    }

    @Test
    void withoutTypesAnEgressRuleIsolatesBothWays() {
        world.policy(policy("x", "some", A, "", egress(List.of(), port("TCP", 80))));

        assertThat(tcp("x/a", "y/a", 80)).isEqualTo(".");
        assertThat(tcp("x/a", "y/a", 81)).isEqualTo("E");
        assertThat(reachA()).isEqualTo("IIII");
    }

    @Test
    void aTypeWithoutRulesDeniesAndRulesWithoutTheirTypeAreInert() {
        world.policy(policy("x", "egress", A, "Egress", ingress(List.of(pods(A)))));

        assertThat(tcp("x/a", "y/a", 80)).isEqualTo("E");
        assertThat(reachA()).isEqualTo("....");
    }

    @Test
    void anEmptyRuleAllowsEverythingButNoRuleNothing() {
        world.policy(policy("x", "all", A, "Ingress", ingress(List.of())));
        world.policy(policy("x", "none", labels("app", "b"), "Ingress"));

        assertThat(reachA()).isEqualTo("....");
        assertThat(tcp("x/a", "x/b", 80)).isEqualTo("I");
    }

    @Test
    void policiesAddUp() {
        world.policy(policy("x", "none", ALL, "Ingress,Egress"));
        world.policy(policy("x", "one", A, "Ingress", ingress(List.of(pods(labels("app", "b"))))));
        world.policy(policy("x", "two", A, "Ingress", ingress(List.of(block("203.0.113.0/24")))));

        assertThat(tcp("world", "x/a", 80)).isEqualTo(".");
        assertThat(tcp("near", "x/a", 80)).isEqualTo("I");
        assertThat(tcp("x/b", "x/a", 80)).as("the source's egress counts too").isEqualTo("E");
    }

    static Stream<Arguments> peers() {
        return Stream.of(
                // pods of the policy's namespace
                Arguments.of(List.of(pods(labels("app", "b"))), ".III"),
                Arguments.of(List.of(pods(ALL)), ".III"),
                // all pods of matching namespaces, and never the outside
                Arguments.of(List.of(namespaces(ALL)), "...I"),
                Arguments.of(List.of(namespaces(labels("team", "blue"))), "I..I"),
                // both in one item: and
                Arguments.of(List.of(both(labels("team", "blue"), A)), "I.II"),
                Arguments.of(List.of(both(ALL, A)), "I.II"),
                Arguments.of(List.of(both(labels("team", "blue"), ALL)), "I..I"),
                Arguments.of(List.of(both(ALL, ALL)), "...I"),
                // as two items: or
                Arguments.of(
                        List.of(namespaces(labels("team", "blue")), pods(labels("app", "b"))),
                        "...I"),
                // everybody, outside too
                Arguments.of(List.of(), "...."),
                Arguments.of(
                        List.of(both(where("team", "NotIn", "red"), where("tier", "DoesNotExist"))),
                        "I..I"),
                Arguments.of(List.of(pods(where("tier", "NotIn", "front"))), ".III"),
                Arguments.of(List.of(pods(where("tier", "Exists"))), ".III"),
                Arguments.of(List.of(pods(where("app", "In", "b", "c"))), ".III"));
    }

    @ParameterizedTest
    @MethodSource("peers")
    void peersMeanWhatTheySay(List<NetworkPolicyPeer> peers, String reach) {
        world.policy(policy("x", "peers", A, "Ingress", ingress(peers)));

        assertThat(reachA()).isEqualTo(reach);
    }

    @Test
    void notInHoldsForAPodWithoutTheLabel() {
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Ingress",
                        ingress(List.of(both(ALL, where("tier", "NotIn", "back"))))));

        assertThat(reachA()).isEqualTo("I..I");
    }

    @Test
    void aBlockCoversPodsTooUnlessExcepted() {
        world.policy(policy("x", "p", A, "Ingress", ingress(List.of(block("0.0.0.0/0")))));
        String wide = reachA();
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Ingress",
                        ingress(List.of(block("0.0.0.0/0", "10.244.0.0/16")))));

        assertThat(wide).isEqualTo("....");
        assertThat(reachA()).isEqualTo("III.");
        assertThat(world.verdict("y/a", "x/a", true, Protocol.TCP, 80)).isEqualTo("I");
    }

    @Test
    void anExceptionIsNoDeny() {
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Ingress",
                        ingress(
                                List.of(
                                        block("0.0.0.0/0", "203.0.113.0/24"),
                                        block("203.0.113.9/32")))));

        assertThat(tcp("world", "x/a", 80)).isEqualTo(".");
    }

    @Test
    void protocolsAreKeptApart() {
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Ingress",
                        ingress(List.of(), port("SCTP", 80), every("UDP"), port("", 443))));

        assertThat(tcp("y/a", "x/a", 80)).isEqualTo("I");
        assertThat(world.verdict("y/a", "x/a", Protocol.SCTP, 80)).isEqualTo(".");
        assertThat(world.verdict("y/a", "x/a", Protocol.SCTP, 81)).isEqualTo("I");
        assertThat(world.verdict("y/a", "x/a", Protocol.UDP, 12345)).isEqualTo(".");
        assertThat(tcp("y/a", "x/a", 443)).as("TCP is the default").isEqualTo(".");
    }

    @Test
    void rangesIncludeBothEnds() {
        world.policy(policy("x", "p", A, "Ingress", ingress(List.of(), range("TCP", 80, 90))));

        assertThat(Stream.of(79, 80, 85, 90, 91).map(port -> tcp("y/a", "x/a", port)))
                .containsExactly("I", ".", ".", ".", "I");
    }

    @Test
    void aNamedIngressPortIsEachSubjectsOwn() {
        world.policy(policy("x", "p", ALL, "Ingress", ingress(List.of(), port("TCP", "web"))));

        assertThat(tcp("y/a", "x/a", 8080)).isEqualTo(".");
        assertThat(tcp("y/a", "x/b", 9090)).isEqualTo(".");
        assertThat(tcp("world", "x/b", 9090)).isEqualTo(".");
        assertThat(tcp("y/a", "x/a", 9090)).isEqualTo("I");
    }

    @Test
    void anUnknownNameOrOneOfAnotherProtocolIsNoPort() {
        world.policy(policy("x", "p", A, "Ingress", ingress(List.of(), port("TCP", "nope"))));
        world.policy(policy("y", "p", ALL, "Ingress", ingress(List.of(), port("TCP", "web"))));

        assertThat(reachA()).isEqualTo("IIII");
        assertThat(tcp("x/a", "y/b", 53)).isEqualTo("I");
        assertThat(world.verdict("x/a", "y/b", Protocol.UDP, 53)).isEqualTo("I");
    }

    @Test
    void aNamedEgressPortIsEachDestinationsOwn() {
        world.policy(policy("x", "p", A, "Egress", egress(List.of(pods(ALL)), port("TCP", "web"))));
        world.pod(World.containerPort(World.pod("x", "c", 5, "app", "c"), "web", 9090, "TCP"));

        assertThat(tcp("x/a", "x/b", 9090)).isEqualTo(".");
        assertThat(tcp("x/a", "x/c", 9090)).isEqualTo(".");
        assertThat(tcp("x/a", "x/b", 8080)).isEqualTo("E");
        assertThat(tcp("x/a", "y/b", 9090)).isEqualTo("E");
    }

    @Test
    void aNamedEgressPortToEverybodyMeansPodsThatHaveIt() {
        world.policy(policy("x", "p", A, "Egress", egress(List.of(), port("UDP", "web"))));

        assertThat(world.verdict("x/a", "y/b", Protocol.UDP, 53)).isEqualTo(".");
        assertThat(world.verdict("x/a", "world", Protocol.UDP, 53)).isEqualTo("E");
        assertThat(world.verdict("x/a", "y/a", Protocol.UDP, 53)).isEqualTo("E");
    }

    @Test
    void aBlockHasNoNamedPorts() {
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Egress",
                        egress(List.of(block("0.0.0.0/0")), port("TCP", "web"))));

        assertThat(tcp("x/a", "x/b", 9090)).isEqualTo("E");
        assertThat(tcp("x/a", "world", 80)).isEqualTo("E");
    }

    @Test
    void theSourcesEgressIsNotWaivedByAnOpenServer() {
        world.policy(policy("x", "p", A, "Egress"));
        world.policy(policy("y", "p", ALL, "Ingress", ingress(List.of())));

        assertThat(tcp("x/a", "y/a", 80)).isEqualTo("E");
    }

    @Test
    void podsOfTheHostNetworkAreNoPeersAndNoSubjects() {
        var host = World.pod("x", "host", 9, "app", "b");
        host.getSpecBuilder().setHostNetwork(true);
        world.pod(host).outside("host", "10.244.0.9");
        world.policy(policy("x", "p", A, "Ingress", ingress(List.of(pods(ALL)))));

        assertThat(tcp("host", "x/a", 80)).isEqualTo("I");
    }

    @Test
    void aPodThatIsOverLeavesItsGroups() {
        world.policy(policy("x", "p", A, "Ingress", ingress(List.of(pods(ALL)))));
        String before = tcp("x/b", "x/a", 80);
        var over = World.pod("x", "b", 2, "app", "b");
        over.getStatusBuilder().setPhase("Succeeded");
        world.pod(over).outside("reused", "10.244.0.2");

        assertThat(before).isEqualTo(".");
        assertThat(tcp("reused", "x/a", 80)).isEqualTo("I");
    }

    @Test
    void aNamespacesNewLabelTakesEffect() {
        world.policy(
                policy(
                        "x",
                        "p",
                        A,
                        "Ingress",
                        ingress(List.of(namespaces(labels("team", "green"))))));
        String before = reachA();
        world.namespace("y", "team", "green");
        String after = reachA();
        world.control(Kinds.NAMESPACE.key("", "y"), Optional.empty());

        assertThat(before).isEqualTo("IIII");
        assertThat(after).isEqualTo("I..I");
        assertThat(reachA()).as("an unknown namespace is in no selector").isEqualTo("IIII");
    }
}
