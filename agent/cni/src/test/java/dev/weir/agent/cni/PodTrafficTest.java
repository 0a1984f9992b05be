package dev.weir.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ADD and DEL by the compiled shim, in real network namespaces, with real packets. */
final class PodTrafficTest {
    private static final String NODE_V4 = "192.0.2.1";
    private static final String NODE_V6 = "2001:db8::1";

    @TempDir Path directory;

    private final Doubles.Network network = new Doubles.Network();
    private final Doubles.Blocks blocks = new Doubles.Blocks("10.1.0.0/26", "fd00::/122");
    private TestNamespace node;
    private TestNamespace pod1;
    private TestNamespace pod2;
    private CniSettings settings;
    private Shim shim;
    private CniServer server;

    @BeforeEach
    void start() throws Exception {
        node = TestNamespace.node(NODE_V4 + "/24", NODE_V6 + "/64");
        pod1 = TestNamespace.create();
        pod2 = TestNamespace.create();
        settings =
                new CniSettings(
                        directory.resolve("cni.sock"),
                        directory.resolve("state"),
                        List.of(IpAddress.of(NODE_V4), IpAddress.of(NODE_V6)),
                        node.namespace());
        shim = Shim.build(directory, settings);
        server = CniServer.open(settings, network, blocks);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
        for (TestNamespace namespace : new TestNamespace[] {pod1, pod2, node}) {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    private List<String> add(String id, TestNamespace pod) throws Exception {
        Shim.Result result = shim.call("ADD", id, pod.path());
        assertThat(result.exit()).as(result.stdout()).isZero();
        return result.json().get("ips").findValuesAsText("address").stream()
                .map(cidr -> cidr.replaceFirst("/.*", ""))
                .toList();
    }

    private String links() throws Exception {
        return node.run("ip", "-br", "link");
    }

    @Test
    void podsAndNodeReachEachOtherAtOnceInBothFamilies() throws Exception {
        List<String> first = add("c1", pod1);
        List<String> second = add("c2", pod2);

        node.ping(first.get(0));
        node.ping(first.get(1));
        pod1.ping(NODE_V4);
        pod1.ping(NODE_V6);
        pod1.ping(second.get(0));
        pod1.ping(second.get(1));
        pod2.ping(first.get(0));
        pod2.ping(first.get(1));
        pod1.ping("127.0.0.1");
        assertThat(first).containsExactly("10.1.0.0", "fd00::");
        assertThat(shim.call("CHECK", "c1", pod1.path())).isEqualTo(new Shim.Result(0, ""));
    }

    @Test
    void theLinkHasTheMtuOfTheNodesLinkAndTellsWhoseItIs() throws Exception {
        Shim.Result result = shim.call("ADD", "c1", pod1.path());

        LinkIdentity identity = LinkIdentity.of(new AttachmentKey("weir", "c1", "eth0"));
        String host = node.run("ip", "link", "show", "dev", identity.hostInterface());
        String end = pod1.run("ip", "link", "show", "dev", "eth0");
        assertThat(host).contains("mtu 1400", "alias weir:weir/c1/eth0", identity.hostMac());
        assertThat(end).contains("mtu 1400", identity.podMac());
        assertThat(result.json().at("/interfaces/1/mtu").asInt()).isEqualTo(1400);
        assertThat(result.json().at("/interfaces/1/mac").asText()).isEqualTo(identity.podMac());
        assertThat(node.run("ip", "route", "show", "proto", "87"))
                .contains("10.1.0.0 dev " + identity.hostInterface())
                .contains("src " + NODE_V4);
    }

    @Test
    void aPodCannotSendAsAnother() throws Exception {
        add("c1", pod1);
        pod1.address("eth0", "10.1.0.40/32");

        assertThatThrownBy(
                        () ->
                                pod1.run(
                                        "ping",
                                        "-n",
                                        "-c",
                                        "1",
                                        "-W",
                                        "1",
                                        "-I",
                                        "10.1.0.40",
                                        NODE_V4))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("100% packet loss");
    }

    @Test
    void aDeleteRemovesLinkRoutesAndAddressAndCanBeRepeated() throws Exception {
        add("c1", pod1);

        List<Shim.Result> results =
                List.of(
                        shim.call("DEL", "c1", pod1.path()),
                        shim.call("DEL", "c1", ""),
                        shim.call("DEL", "never", "/run/netns/none"));

        assertThat(results).containsOnly(new Shim.Result(0, ""));
        assertThat(links()).doesNotContain("weir");
        assertThat(node.run("ip", "route", "show", "proto", "87")).isEmpty();
        assertThat(pod1.run("ip", "-br", "link")).doesNotContain("eth0");
        assertThat(server.existing()).isEmpty();
    }

    @Test
    void aRepeatedAddAnswersTheSameAndAHalfMadeLinkIsMadeAnew() throws Exception {
        List<String> first = add("c1", pod1);
        List<String> again = add("c1", pod1);
        pod1.run("ip", "addr", "del", first.get(0) + "/32", "dev", "eth0");

        List<String> repaired = add("c1", pod1);

        assertThat(again).isEqualTo(first);
        node.ping(repaired.get(0));
        node.ping(repaired.get(1));
    }

    @Test
    void aForeignLinkOfOurNameIsLeftAlone() throws Exception {
        LinkIdentity identity = LinkIdentity.of(new AttachmentKey("weir", "c1", "eth0"));
        node.run("ip", "link", "add", identity.hostInterface(), "type", "bridge");
        node.run("ip", "link", "set", identity.hostInterface(), "alias", "somebody else's");

        Shim.Result add = shim.call("ADD", "c1", pod1.path());
        Shim.Result delete = shim.call("DEL", "c1", pod1.path());

        assertThat(add.json().get("code").asInt()).isEqualTo(112);
        assertThat(delete.exit()).isZero();
        assertThat(links()).contains(identity.hostInterface());
        assertThat(server.existing()).isEmpty();
    }

    @Test
    void anInterfaceThatThePodHasIsNotReplaced() throws Exception {
        pod1.run("ip", "link", "add", "eth0", "type", "bridge");

        Shim.Result add = shim.call("ADD", "c1", pod1.path());

        assertThat(add.json().get("code").asInt()).isEqualTo(112);
        assertThat(add.json().get("msg").asText()).contains("File exists");
        assertThat(pod1.run("ip", "-br", "link")).contains("eth0");
        assertThat(links()).doesNotContain("weir");
    }

    @Test
    void namespacesThatCannotBeAPodsAreRefused() throws Exception {
        List<Shim.Result> results =
                List.of(
                        shim.call("ADD", "c1", node.path()),
                        shim.call("ADD", "c2", "/run/netns/wt-cni-none"),
                        shim.call("ADD", "c3", "/etc/hostname"));

        for (Shim.Result result : results) {
            assertThat(result.json().get("code").asInt()).as(result.stdout()).isEqualTo(4);
        }
        assertThat(server.existing()).isEmpty();
        assertThat(links()).doesNotContain("weir");
    }

    @Test
    void aRestartKeepsPodsAndDeletesLinksThatNobodyHas() throws Exception {
        List<String> addresses = add("c1", pod1);
        server.close();
        node.ping(addresses.get(0));
        node.run("ip", "link", "add", "weir0123456789", "type", "veth", "peer", "name", "stray");
        AttachmentKey strayKey = new AttachmentKey("weir", "stray", "eth0");
        LinkIdentity stray = LinkIdentity.of(strayKey);
        node.run("ip", "link", "set", "weir0123456789", "name", stray.hostInterface());
        node.run("ip", "link", "set", stray.hostInterface(), "alias", stray.alias());

        server = CniServer.open(settings, network, blocks);
        List<String> existing =
                server.existing().stream()
                        .map(PodAttachment::addresses)
                        .flatMap(List::stream)
                        .map(Object::toString)
                        .toList();
        server.start();

        assertThat(existing).isEqualTo(addresses);
        assertThat(links()).doesNotContain(stray.hostInterface());
        node.ping(addresses.get(0));
        node.ping(addresses.get(1));
        assertThat(add("c1", pod1)).isEqualTo(addresses);
    }

    @Test
    void aSecondInterfaceKeepsTheFirstDefaultRoute() throws Exception {
        add("c1", pod1);
        AttachmentKey key = new AttachmentKey("weir", "c1", "net1");
        LinkIdentity identity = LinkIdentity.of(key);
        PodAttachment second =
                new PodAttachment(
                        key,
                        Kinds.POD.key("default", "c1"),
                        "",
                        Map.of(),
                        List.of(IpAddress.of("10.1.0.50"), IpAddress.of("fd00::32")),
                        pod1.path(),
                        identity.hostInterface(),
                        identity.podMac(),
                        "",
                        Instant.EPOCH);

        new VethLink(node.namespace(), settings.nodeAddresses()).attach(second);

        assertThat(pod1.run("ip", "route", "show", "default"))
                .contains("dev eth0")
                .doesNotContain("net1");
        assertThat(pod1.run("ip", "-6", "route", "show", "default"))
                .contains("dev eth0")
                .doesNotContain("net1");
        assertThat(pod1.run("ip", "addr", "show", "dev", "net1"))
                .contains("10.1.0.50/32", "fd00::32/128");
    }
}
