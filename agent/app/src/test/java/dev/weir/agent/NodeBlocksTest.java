package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.Reporter.Acknowledged;
import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.Block;
import dev.weir.agent.cni.ipam.BlockSource.Acknowledgement;
import dev.weir.agent.cni.ipam.JournalEntry.Released;
import dev.weir.changes.Change;
import dev.weir.changes.Delta;
import dev.weir.changes.Frontier;
import dev.weir.changes.Image;
import dev.weir.control.AgentWrites;
import dev.weir.control.ClusterSettings;
import dev.weir.control.NodeRegistry;
import dev.weir.core.v1.IpBlock;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodStatus;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.SimulatedLog;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the service of the control plane, over its socket. */
class NodeBlocksTest {
    private static final int SECONDS = 20;
    private static final IpAddress ADDRESS = IpAddress.of("10.244.0.5");

    @TempDir private Path directory;
    private Shard control;
    private SocketServer server;
    private NodeBlocks blocks;
    private volatile Acknowledged acknowledged = new Acknowledged(Frontier.EMPTY, false, 0);

    @BeforeEach
    void open() throws Exception {
        control =
                Shard.open(
                        "control", new SimulatedLog.Disk("log-1").open(), ShardConfig.of("test"));
        server = SocketServer.start(directory.resolve("weir.sock"), agents());
        blocks = new NodeBlocks("n1", server.channel(), () -> acknowledged);
        blocks.start();
    }

    @AfterEach
    void close() throws Exception {
        blocks.close();
        server.close();
        control.close();
    }

    private AgentWrites agents() {
        NodeRegistry registry = new NodeRegistry(Duration.ofMinutes(1));
        return new AgentWrites(
                control,
                registry,
                registry,
                new ClusterSettings(
                        "cluster.local",
                        List.of(Cidr.of("10.244.0.0/16"), Cidr.of("fd00::/56")),
                        List.of(Cidr.of("10.96.0.0/12")),
                        List.of(),
                        List.of(),
                        Duration.ofSeconds(1)),
                Clock.systemUTC());
    }

    private static Image image(long revision, Map<Key, Change> changes) {
        return Image.empty("control")
                .apply(
                        new Delta(
                                "control",
                                "log-1",
                                revision,
                                Frontier.EMPTY,
                                new TreeMap<>(changes)));
    }

    private long claimed() {
        return control.image().all(Kinds.IP_BLOCK, IpBlock.class).count();
    }

    private void awaitClaimed(long count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (claimed() < count) {
            assertThat(System.nanoTime())
                    .as("deadline for " + count + " blocks at the control plane")
                    .isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void oneBlockIsClaimedHoweverOftenItIsAskedFor() throws Exception {
        blocks.observe(image(1, Map.of()));
        for (int i = 0; i < 100; i++) {
            blocks.needBlock();
        }
        awaitClaimed(1);
        blocks.needBlock();
        Thread.sleep(200);

        assertThat(claimed()).isEqualTo(1);
        assertThat(blocks.blocks()).isEmpty();
        blocks.observe(control.image());
        assertThat(blocks.blocks())
                .containsExactly(
                        new Block(List.of(Cidr.of("10.244.0.0/26"), Cidr.of("fd00::/122")), 1));
    }

    @Test
    void anotherOneIsClaimedOnceTheFirstIsThere() throws Exception {
        blocks.observe(image(1, Map.of()));
        blocks.needBlock();
        awaitClaimed(1);
        blocks.observe(control.image());
        Thread.sleep(200);

        blocks.needBlock();

        awaitClaimed(2);
    }

    @Test
    void nothingIsClaimedBeforeTheFirstState() throws Exception {
        blocks.needBlock();
        Thread.sleep(200);
        assertThat(claimed()).isZero();

        blocks.observe(image(1, Map.of()));
        Thread.sleep(100);
        blocks.needBlock(); // Asked for again as long as addresses are short.

        awaitClaimed(1);
    }

    @Test
    void aClaimSurvivesTheControlPlane() throws Exception {
        blocks.observe(image(1, Map.of()));
        server.stop();
        blocks.needBlock();
        Thread.sleep(200);

        server.serve(List.of(agents()));

        awaitClaimed(1);
        Thread.sleep(200);
        assertThat(claimed()).isEqualTo(1);
    }

    private static Released released() {
        return new Released(
                new AttachmentKey("weir", "c1", "eth0"), List.of(ADDRESS), Instant.EPOCH);
    }

    private static Map<Key, Change> podWithTheAddress() {
        return Map.of(
                Kinds.POD.key("shop", "web"),
                new Change.Put(
                        Pod.newBuilder()
                                .setMetadata(
                                        ObjectMeta.newBuilder().setNamespace("shop").setName("web"))
                                .setStatus(
                                        PodStatus.newBuilder()
                                                .addPodIps(
                                                        PodIp.newBuilder()
                                                                .setIp(ADDRESS.toString())))
                                .build(),
                        1));
    }

    private void everyNodeCarries(long revision) {
        acknowledged =
                new Acknowledged(
                        Frontier.of("log-1", "control", revision), false, System.nanoTime());
    }

    @Test
    void aReleasedAddressIsFreeOnceEveryNodeKnowsThatThePodIsGone() {
        blocks.observe(image(5, podWithTheAddress()));
        assertThat(blocks.acknowledgement(released())).isEqualTo(Acknowledgement.UNKNOWN);

        everyNodeCarries(9);
        assertThat(blocks.acknowledgement(released())).isEqualTo(Acknowledgement.PENDING);
        blocks.observe(image(10, Map.of()));
        assertThat(blocks.acknowledgement(released())).isEqualTo(Acknowledgement.PENDING);
        everyNodeCarries(10);

        assertThat(blocks.acknowledgement(released())).isEqualTo(Acknowledgement.EVERYWHERE);
    }

    @Test
    void whatWasSaidLongAgoSaysNothing() {
        blocks.observe(image(10, Map.of()));
        acknowledged =
                new Acknowledged(
                        Frontier.of("log-1", "control", 10),
                        false,
                        System.nanoTime() - TimeUnit.MINUTES.toNanos(2));

        assertThat(blocks.acknowledgement(released())).isEqualTo(Acknowledgement.UNKNOWN);
    }
}
