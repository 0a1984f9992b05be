package dev.weir.policy.compile;

import static dev.weir.policy.compile.Policies.ALL;
import static dev.weir.policy.compile.Policies.block;
import static dev.weir.policy.compile.Policies.every;
import static dev.weir.policy.compile.Policies.ingress;
import static dev.weir.policy.compile.Policies.labels;
import static dev.weir.policy.compile.Policies.pods;
import static dev.weir.policy.compile.Policies.policy;
import static dev.weir.policy.compile.Policies.port;
import static dev.weir.policy.compile.Policies.range;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.LabelSelector;
import dev.weir.core.v1.Pod;
import dev.weir.model.Cidr;
import dev.weir.model.Filter;
import dev.weir.model.Protocol;
import dev.weir.policy.v1.NetworkPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The form of filters: equal for policies that allow the same. */
class CompileTest {
    private static final LabelSelector B = labels("app", "b");
    private final Pod pod = World.pod("x", "a", 1, "app", "a").build();

    private Filter ingressOf(NetworkPolicy... policies) {
        return Compile.compile(pod, List.of(policies), group -> List.of()).ingress();
    }

    @Test
    void withoutPoliciesAPodIsOpen() {
        Compile.Compiled compiled = Compile.compile(pod, List.of(), group -> List.of());

        assertThat(compiled.ingress()).isEqualTo(Filter.OPEN);
        assertThat(compiled.egress()).isEqualTo(Filter.OPEN);
    }

    @Test
    void orderAndDivisionDoNotShow() {
        Filter together =
                ingressOf(
                        policy(
                                "x",
                                "one",
                                ALL,
                                "Ingress",
                                ingress(
                                        List.of(pods(B), block("10.0.0.0/8")),
                                        range("TCP", 80, 89),
                                        port("UDP", 53))));
        Filter apart =
                ingressOf(
                        policy(
                                "x",
                                "two",
                                ALL,
                                "Ingress",
                                ingress(List.of(block("10.1.2.3/8")), port("UDP", 53)),
                                ingress(List.of(pods(B)), range("TCP", 85, 89), port("UDP", 53))),
                        policy(
                                "x",
                                "three",
                                ALL,
                                "Ingress",
                                ingress(List.of(pods(B)), range("TCP", 80, 84)),
                                ingress(List.of(block("10.0.0.0/8")), range("TCP", 80, 89))));

        assertThat(apart).isEqualTo(together);
        assertThat(apart.toString()).isEqualTo(together.toString());
    }

    @Test
    void everythingFromEverybodyMakesTheRestSuperfluous() {
        Filter filter =
                ingressOf(
                        policy("x", "one", ALL, "Ingress", ingress(List.of(pods(B)))),
                        policy("x", "two", ALL, "Ingress", ingress(List.of())));

        assertThat(filter)
                .isEqualTo(
                        new Filter.Isolated(
                                List.of(new Filter.Allow(new Filter.Anyone(), List.of()))));
    }

    @Test
    void allPortsOfAProtocolAreNotAllPorts() {
        Filter filter =
                ingressOf(
                        policy(
                                "x",
                                "p",
                                ALL,
                                "Ingress",
                                ingress(List.of(), every("TCP"), port("TCP", 80))));

        assertThat(filter)
                .isEqualTo(
                        new Filter.Isolated(
                                List.of(
                                        new Filter.Allow(
                                                new Filter.Anyone(),
                                                List.of(
                                                        new Filter.Ports(
                                                                Protocol.TCP, 0, 65535))))));
    }

    @Test
    void exceptionsAreSortedAndWhatIsNoRangeAllowsNothing() {
        Filter filter =
                ingressOf(
                        policy(
                                "x",
                                "p",
                                ALL,
                                "Ingress",
                                ingress(
                                        List.of(
                                                block("10.0.0.0/8", "10.2.0.0/16", "10.1.0.0/16"),
                                                block("not a range"),
                                                block("10.0.0.0/8", "not a range")))));

        assertThat(filter)
                .isEqualTo(
                        new Filter.Isolated(
                                List.of(
                                        new Filter.Allow(
                                                new Filter.Block(
                                                        Cidr.of("10.0.0.0/8"),
                                                        List.of(
                                                                Cidr.of("10.1.0.0/16"),
                                                                Cidr.of("10.2.0.0/16"))),
                                                List.of()))));
    }

    @Test
    void aRuleWhosePortsAreAllUnknownAllowsNothing() {
        Filter filter =
                ingressOf(
                        policy("x", "p", ALL, "Ingress", ingress(List.of(), port("TCP", "nope"))));

        assertThat(filter).isEqualTo(Filter.CLOSED);
    }
}
