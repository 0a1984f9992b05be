package dev.weir.policy.compile;

import static dev.weir.policy.compile.Policies.ALL;
import static dev.weir.policy.compile.Policies.ingress;
import static dev.weir.policy.compile.Policies.labels;
import static dev.weir.policy.compile.Policies.namespaces;
import static dev.weir.policy.compile.Policies.pods;
import static dev.weir.policy.compile.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Image;
import dev.weir.changes.Step;
import dev.weir.changes.Stored;
import dev.weir.core.v1.LabelSelector;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.policy.v1.GroupMember;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private static final LabelSelector WEB = labels("app", "web");

    private final World world =
            new World()
                    .namespace("x")
                    .namespace("y")
                    .pod(
                            World.containerPort(
                                    World.pod("x", "web.0", 1, "app", "web"), "http", 80, "TCP"))
                    .pod(World.pod("y", "web", 2, "app", "web"));

    @Test
    void aMemberHasItsAddressesAndNamedPorts() {
        world.policy(policy("x", "p", ALL, "Ingress", ingress(List.of(pods(WEB)))));

        GroupMember member =
                world.policy().all(Kinds.GROUP_MEMBER, GroupMember.class).findFirst().orElseThrow();

        assertThat(world.members()).isEqualTo(1);
        assertThat(member.getGroup()).matches("[0-9a-z]+");
        assertThat(member.getMetadata().getName()).isEqualTo(member.getGroup() + ".x.web.0");
        assertThat(member.getAddressesList()).containsExactly("10.244.0.1", "fd00::1");
        assertThat(member.getPorts(0).getName()).isEqualTo("http");
        assertThat(member.getPorts(0).getPort()).isEqualTo(80);
    }

    @Test
    void equalPeersShareAGroupAndTheLastPolicyTakesItAlong() {
        world.policy(policy("x", "one", ALL, "Ingress", ingress(List.of(pods(WEB)))));
        world.policy(policy("x", "two", ALL, "Ingress", ingress(List.of(pods(WEB)))));
        long shared = world.members();

        world.policy(Kinds.NETWORK_POLICY.key("x", "one"), Optional.empty());
        long left = world.members();
        world.policy(Kinds.NETWORK_POLICY.key("x", "two"), Optional.empty());

        assertThat(shared).isEqualTo(1);
        assertThat(left).isEqualTo(1);
        assertThat(world.members()).isZero();
    }

    @Test
    void samePodSelectorOfAnotherNamespaceIsAnotherGroup() {
        world.policy(policy("x", "p", ALL, "Ingress", ingress(List.of(pods(WEB)))));
        world.policy(policy("y", "p", ALL, "Ingress", ingress(List.of(pods(WEB)))));

        assertThat(world.policy().all(Kinds.GROUP_MEMBER, GroupMember.class))
                .extracting(GroupMember::getGroup)
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void aPodWithoutAddressIsNoMemberUntilItHasOne() {
        world.policy(policy("x", "p", ALL, "Ingress", ingress(List.of(namespaces(ALL)))));
        var pod = World.pod("x", "late", 3);
        pod.getStatusBuilder().clearPodIps();

        world.pod(pod);
        long before = world.members();
        world.pod(World.pod("x", "late", 3));

        assertThat(before).isEqualTo(2);
        assertThat(world.members()).isEqualTo(3);
    }

    @Test
    void aChangeThatNoSelectorSeesWritesNothing() {
        world.policy(policy("x", "p", ALL, "Ingress", ingress(List.of(pods(WEB)))));
        Groups groups = new Groups();
        groups.derive(Step.start(world.control()), Step.start(world.policy()));
        long revision = world.policy().revision();
        Step relabelled =
                Step.of(
                        world.control(),
                        new Delta(
                                Shards.CONTROL,
                                "log",
                                world.control().revision() + 1,
                                world.control().after(),
                                new TreeMap<>(
                                        Map.of(
                                                Kinds.POD.key("x", "web.0"),
                                                new Change.Put(
                                                        World.containerPort(
                                                                        World.pod(
                                                                                "x", "web.0", 1,
                                                                                "app", "web",
                                                                                "build", "7"),
                                                                        "http",
                                                                        80,
                                                                        "TCP")
                                                                .build(),
                                                        9)))));

        assertThat(groups.derive(relabelled, Step.still(world.policy()))).isEmpty();
        assertThat(world.policy().revision()).isEqualTo(revision);
    }

    @Test
    void aStepDerivedTwiceGivesTheSameTwice() {
        Groups groups = new Groups();
        Image policies =
                new World()
                        .policy(policy("x", "p", ALL, "Ingress", ingress(List.of(pods(WEB)))))
                        .policy();
        groups.derive(Step.start(world.control()), Step.start(Image.empty(Shards.POLICY)));
        Step step =
                Step.of(
                        Image.empty(Shards.POLICY),
                        Delta.between(Image.empty(Shards.POLICY), policies));

        var first = groups.derive(Step.still(world.control()), step);
        var again = groups.derive(Step.still(world.control()), step);

        assertThat(first).hasSize(1);
        assertThat(again).isEqualTo(first);
    }

    @Test
    void aStartRemovesRecordsThatNobodyNeeds() {
        Key stale = Kinds.GROUP_MEMBER.key("", "0000000000000000.x.gone");
        Image policies =
                new Image(
                        Shards.POLICY,
                        "log",
                        5,
                        world.policy().after(),
                        world.policy()
                                .objects()
                                .plus(stale, new Stored(GroupMember.getDefaultInstance(), 5)));

        var changes = new Groups().derive(Step.start(world.control()), Step.start(policies));

        assertThat(changes).containsExactly(Map.entry(stale, Optional.empty()));
    }
}
