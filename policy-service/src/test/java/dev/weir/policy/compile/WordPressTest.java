package dev.weir.policy.compile;

import static dev.weir.policy.compile.Policies.ALL;
import static dev.weir.policy.compile.Policies.block;
import static dev.weir.policy.compile.Policies.egress;
import static dev.weir.policy.compile.Policies.ingress;
import static dev.weir.policy.compile.Policies.labels;
import static dev.weir.policy.compile.Policies.pods;
import static dev.weir.policy.compile.Policies.policy;
import static dev.weir.policy.compile.Policies.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.LabelSelector;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A web site, its database and a default deny, with the answer to every pair. In the tables: "."
 * allowed, "E" refused where it leaves, "I" where it arrives, "X" both, "-" not asked (itself, or
 * outside to outside).
 */
class WordPressTest {
    private static final LabelSelector WORDPRESS = labels("app", "wordpress");
    private static final LabelSelector MYSQL = labels("app", "mysql");

    private static final List<String> NAMES =
            List.of(
                    "default/wp1",
                    "default/wp2",
                    "default/mysql",
                    "default/redis",
                    "other/o-wp",
                    "other/oth",
                    "kube-system/dns",
                    "inet",
                    "c16",
                    "c17");

    private static final String WEB =
            """
            wp1    - . X X E E E E E E
            wp2    . - X X E E E E E E
            mysql  X X - X E E E E E E
            redis  X X X - E E E E E E
            o-wp   I I I I - . . . . .
            oth    I I I I . - . . . .
            dns    I I I I . . - . . .
            inet   . . I I . . . - - -
            c16    . . I I . . . - - -
            c17    . . I I . . . - - -
            """;

    private static final String OTHER_PORT =
            """
            wp1    - . X X E E E E E E
            wp2    . - X X E E E E E E
            mysql  X X - X E E E E E E
            redis  X X X - E E E E E E
            o-wp   I I I I - . . . . .
            oth    I I I I . - . . . .
            dns    I I I I . . - . . .
            inet   I I I I . . . - - -
            c16    . . I I . . . - - -
            c17    I I I I . . . - - -
            """;

    private static final String DATABASE =
            """
            wp1    - . . X E E E E E E
            wp2    . - . X E E E E E E
            mysql  X X - X E E E E E E
            redis  X X X - E E E E E E
            o-wp   I I I I - . . . . .
            oth    I I I I . - . . . .
            dns    I I I I . . - . . .
            inet   I I I I . . . - - -
            c16    . . I I . . . - - -
            c17    I I I I . . . - - -
            """;

    private static final String NAMES_PORT =
            """
            wp1    - . I I . . . . . .
            wp2    . - I I . . . . . .
            mysql  I I - I . . . . . .
            redis  I I I - . . . . . .
            o-wp   I I I I - . . . . .
            oth    I I I I . - . . . .
            dns    I I I I . . - . . .
            inet   I I I I . . . - - -
            c16    . . I I . . . - - -
            c17    I I I I . . . - - -
            """;

    private final World world =
            new World()
                    .namespace("default")
                    .namespace("other")
                    .namespace("kube-system")
                    .pod(World.pod("default", "wp1", 11, "app", "wordpress"))
                    .pod(World.pod("default", "wp2", 12, "app", "wordpress"))
                    .pod(World.pod("default", "mysql", 13, "app", "mysql"))
                    .pod(World.pod("default", "redis", 14, "app", "redis"))
                    .pod(World.pod("other", "o-wp", 15, "app", "wordpress"))
                    .pod(World.pod("other", "oth", 16))
                    .pod(World.pod("kube-system", "dns", 17, "k8s-app", "kube-dns"))
                    .outside("inet", "203.0.113.9")
                    .outside("c16", "172.16.5.5")
                    .outside("c17", "172.17.5.5")
                    .outside("inet6", "2001:db8::9")
                    .policy(policy("default", "default-deny", ALL, "Ingress,Egress"))
                    .policy(
                            policy(
                                    "default",
                                    "wordpress",
                                    WORDPRESS,
                                    "Ingress,Egress",
                                    ingress(List.of(pods(WORDPRESS))),
                                    ingress(
                                            List.of(
                                                    block(
                                                            "0.0.0.0/0",
                                                            "10.244.0.0/16",
                                                            "10.96.0.0/12")),
                                            port("TCP", 80),
                                            port("TCP", 443)),
                                    ingress(List.of(block("172.16.0.0/16"))),
                                    egress(List.of(pods(WORDPRESS))),
                                    egress(List.of(pods(MYSQL)), port("TCP", 3306))))
                    .policy(
                            policy(
                                    "default",
                                    "mysql",
                                    MYSQL,
                                    "Ingress",
                                    ingress(List.of(pods(WORDPRESS)), port("TCP", 3306))))
                    .policy(
                            policy(
                                    "default",
                                    "dns-always",
                                    ALL,
                                    "Egress",
                                    egress(List.of(), port("UDP", 53), port("TCP", 53))));

    private void assertTable(String expected, Protocol protocol, int port) {
        StringBuilder actual = new StringBuilder();
        for (String from : NAMES) {
            String name = from.substring(from.indexOf('/') + 1);
            actual.append("%-6s".formatted(name));
            for (String to : NAMES) {
                boolean asked = !from.equals(to) && (from.contains("/") || to.contains("/"));
                actual.append(' ').append(asked ? world.verdict(from, to, protocol, port) : "-");
            }
            actual.append('\n');
        }
        assertThat(actual.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 443})
    void theWebIsOpenToTheWorldButNotToOtherPods(int port) {
        assertTable(WEB, Protocol.TCP, port);
    }

    @Test
    void otherPortsAreForThemselvesAndTheOneRange() {
        assertTable(OTHER_PORT, Protocol.TCP, 8080);
        assertTable(OTHER_PORT, Protocol.SCTP, 80);
    }

    @Test
    void theDatabaseIsForTheSiteOnly() {
        assertTable(DATABASE, Protocol.TCP, 3306);
    }

    @Test
    void everybodyMayAskForNames() {
        assertTable(NAMES_PORT, Protocol.UDP, 53);
        assertTable(NAMES_PORT, Protocol.TCP, 53);
    }

    @Test
    void aNewLabelOpensTheDatabaseAndItsLossClosesIt() {
        world.pod(World.pod("default", "redis", 14, "app", "wordpress"));
        String labelled = world.verdict("default/redis", "default/mysql", Protocol.TCP, 3306);
        world.pod(World.pod("default", "redis", 14, "app", "redis"));

        assertThat(labelled).isEqualTo(".");
        assertThat(world.verdict("default/redis", "default/mysql", Protocol.TCP, 3306))
                .isEqualTo("X");
    }

    @Test
    void aNewPodOfTheSiteHasTheDatabaseAndNoMore() {
        world.pod(World.pod("default", "wp3", 18, "app", "wordpress"));

        assertThat(world.verdict("default/wp3", "default/mysql", Protocol.TCP, 3306))
                .isEqualTo(".");
        assertThat(world.verdict("default/wp3", "inet", Protocol.TCP, 443)).isEqualTo("E");
    }

    @Test
    void withoutARuleForIpv6ItIsClosedToTheWorldThere() {
        assertThat(world.verdict("inet6", "default/wp1", true, Protocol.TCP, 80)).isEqualTo("I");
        assertThat(world.verdict("default/wp1", "default/wp2", true, Protocol.TCP, 80))
                .isEqualTo(".");
        assertThat(world.verdict("default/wp1", "default/mysql", true, Protocol.TCP, 3306))
                .isEqualTo(".");
        assertThat(world.verdict("default/redis", "default/mysql", true, Protocol.TCP, 3306))
                .isEqualTo("X");
    }

    @Test
    void aRefusalNamesThePoliciesAndTheNearestRule() {
        Verdict verdict =
                Verdicts.of(world.control(), world.policy())
                        .judge(
                                new Verdicts.Connection(
                                        IpAddress.of("10.244.0.11"),
                                        IpAddress.of("10.244.0.13"),
                                        Protocol.TCP,
                                        3307));

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.ingress().toString())
                .isEqualTo(
                        "[NetworkPolicy default/default-deny, NetworkPolicy default/mysql] isolate"
                            + " it and no rule allows this; nearest: NetworkPolicy default/mysql,"
                            + " rule 0, allows the peer on other ports");
    }
}
