package dev.weir.agent.cni.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.cni.TestNamespace;
import dev.weir.agent.spi.DataPlaneProvider;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;

/** Two nodes on one link, with real routes and packets. */
final class DirectFabricTest {
    private static final Cidr BLOCK_V4 = Cidr.of("10.2.0.0/26");
    private static final Cidr BLOCK_V6 = Cidr.of("fd00::40/122");

    private TestNamespace here;
    private TestNamespace there;
    private DirectFabric fabric;
    private NodeImage applied = NodeImage.EMPTY;

    @BeforeEach
    void start() throws Exception {
        here = TestNamespace.create();
        there = TestNamespace.create();
        here.run(
                "ip",
                "link",
                "add",
                "up0",
                "type",
                "veth",
                "peer",
                "name",
                "up0",
                "netns",
                there.path());
        int number = 1;
        for (TestNamespace node : new TestNamespace[] {here, there}) {
            node.run("ip", "link", "set", "lo", "up");
            node.run("ip", "link", "set", "up0", "up");
            node.address("up0", "192.0.2." + number + "/24");
            node.address("up0", "2001:db8::" + number + "/64");
            number++;
        }
        // what stands in for pods: addresses of the other node's block
        there.address("lo", "10.2.0.5/32");
        there.address("lo", "fd00::45/128");
        fabric = new DirectFabric(here.namespace());
    }

    @AfterEach
    void stop() throws Exception {
        for (TestNamespace namespace : new TestNamespace[] {here, there}) {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    private Outcome apply(Map<Cidr, String> routes) {
        Map<Cidr, IpAddress> hops = new java.util.HashMap<>();
        routes.forEach((block, hop) -> hops.put(block, IpAddress.of(hop)));
        NodeImage next =
                new NodeImage(
                        applied.frontier(),
                        Map.of(),
                        HashTreePMap.from(hops),
                        applied.services(),
                        applied.pods(),
                        applied.groups());
        Outcome outcome = fabric.apply(next, NodeDelta.between(applied, next));
        if (outcome.problems().isEmpty()) {
            applied = next;
        }
        return outcome;
    }

    private String routes() throws Exception {
        return here.run("ip", "route", "show", "proto", "88")
                + here.run("ip", "-6", "route", "show", "proto", "88");
    }

    @Test
    void leadsToTheBlocksOfOtherNodes() throws Exception {
        Outcome outcome = apply(Map.of(BLOCK_V4, "192.0.2.2", BLOCK_V6, "2001:db8::2"));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        here.ping("10.2.0.5");
        here.ping("fd00::45");
        assertThat(fabric.verify()).isEmpty();
    }

    @Test
    void followsBlocksThatMoveAndGo() throws Exception {
        apply(Map.of(BLOCK_V4, "192.0.2.7", BLOCK_V6, "2001:db8::2"));

        Outcome outcome = apply(Map.of(BLOCK_V4, "192.0.2.2"));

        assertThat(outcome).isEqualTo(Outcome.DONE);
        here.ping("10.2.0.5");
        assertThat(routes()).contains("via 192.0.2.2").doesNotContain("fd00", "192.0.2.7");
    }

    @Test
    void aRestartRemovesWhatIsStaleAndKeepsWhatIsForeign() throws Exception {
        apply(Map.of(BLOCK_V4, "192.0.2.2", BLOCK_V6, "2001:db8::2"));
        here.run("ip", "route", "add", "10.9.0.0/24", "via", "192.0.2.2", "proto", "static");
        fabric = new DirectFabric(here.namespace());
        applied = NodeImage.EMPTY;

        apply(Map.of(BLOCK_V4, "192.0.2.2"));

        assertThat(routes()).contains("10.2.0.0/26 via 192.0.2.2").doesNotContain("fd00");
        assertThat(here.run("ip", "route")).contains("10.9.0.0/24 via 192.0.2.2");
    }

    @Test
    void whatSomebodyChangesIsFoundAndMended() throws Exception {
        apply(Map.of(BLOCK_V4, "192.0.2.2", BLOCK_V6, "2001:db8::2"));
        here.run("ip", "route", "del", BLOCK_V4.toString());
        here.run("ip", "route", "add", "10.8.0.0/26", "via", "192.0.2.2", "proto", "88");

        var drifts = fabric.verify();
        Outcome outcome = fabric.repair();

        assertThat(drifts)
                .extracting(drift -> drift.where())
                .containsExactlyInAnyOrder("route 10.2.0.0/26", "route 10.8.0.0/26");
        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(fabric.verify()).isEmpty();
        here.ping("10.2.0.5");
    }

    @Test
    void whatCannotBeRoutedIsNamedAndTheRestIs() throws Exception {
        here.run("ip", "route", "add", "10.3.0.0/26", "via", "192.0.2.9", "proto", "static");

        Outcome outcome =
                apply(
                        Map.of(
                                BLOCK_V4,
                                "192.0.2.2",
                                Cidr.of("10.3.0.0/26"),
                                "192.0.2.2",
                                Cidr.of("10.4.0.0/26"),
                                "198.51.100.1",
                                BLOCK_V6,
                                "192.0.2.2"));

        assertThat(outcome.problems())
                .containsOnlyKeys(
                        Kinds.IP_BLOCK.key("", "10.3.0.0/26"),
                        Kinds.IP_BLOCK.key("", "10.4.0.0/26"),
                        Kinds.IP_BLOCK.key("", BLOCK_V6.toString()));
        here.ping("10.2.0.5");
        assertThat(here.run("ip", "route")).contains("10.3.0.0/26 via 192.0.2.9");
    }

    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(DataPlaneProvider.class))
                .extracting(DataPlaneProvider::name)
                .contains("direct");
    }
}
