package dev.weir.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.agent.cni.ipam.AttachmentKey;
import dev.weir.agent.cni.ipam.Block;
import dev.weir.agent.cni.ipam.Ipam;
import dev.weir.agent.cni.ipam.PodAttachment;
import dev.weir.model.IpAddress;
import dev.weir.model.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls as runtimes make them, against doubles of kernel and agent. */
final class CniPluginTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFIG = "{\"cniVersion\":\"1.1.0\",\"name\":\"weir\"}";
    private static final AttachmentKey KEY = new AttachmentKey("weir", "c1", "eth0");
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

    @TempDir Path directory;

    private final Doubles.Link link = new Doubles.Link();
    private final Doubles.Network network = new Doubles.Network();
    private final Doubles.Blocks blocks = new Doubles.Blocks("10.1.0.0/28", "fd00::/124");
    private volatile Instant now = NOW;
    private Ipam ipam;
    private Attachments attachments;
    private CniPlugin plugin;

    @BeforeEach
    void start() throws IOException {
        InstantSource clock = () -> now;
        ipam = Ipam.open(directory.resolve("journal"), blocks, clock);
        attachments = new Attachments(ipam, link, network);
        plugin = new CniPlugin(attachments, "boot-1");
    }

    @AfterEach
    void stop() throws IOException {
        ipam.close();
    }

    private Reconciler reconciler(String bootId) {
        return new Reconciler(ipam, link, attachments, bootId, () -> now);
    }

    static Stream<JsonNode> corpus() throws IOException {
        JsonNode cases = JSON.readTree(CniPluginTest.class.getResource("corpus.json"));
        return StreamSupport.stream(cases.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void answersAsTheCorpusSays(JsonNode example) throws Exception {
        ObjectNode request = example.get("request").deepCopy();
        request.put("config", example.get("config").toString());

        CniReply reply = plugin.call(ShimListener.decode(JSON.writeValueAsBytes(request)));

        LinkIdentity identity = LinkIdentity.of(KEY);
        JsonNode expected =
                example.has("stdout")
                        ? JSON.readTree(
                                example.get("stdout")
                                        .toString()
                                        .replace("HOST", identity.hostMac())
                                        .replace("\"POD\"", "\"" + identity.podMac() + "\""))
                        : JSON.missingNode();
        assertThat(reply.exit()).as(reply.stdout()).isEqualTo(example.get("exit").asInt());
        assertThat(JSON.readTree(reply.stdout())).isEqualTo(expected);
        assertThat(network.told).isEqualTo(JSON.convertValue(example.get("told"), List.class));
        assertThat(ipam.find(KEY).isPresent()).isEqualTo(link.links.containsKey(KEY));
    }

    private static CniRequest request(String cmd, String netns) {
        return new CniRequest(cmd, "c1", netns, "eth0", "", CONFIG, "1", NOW.toEpochMilli());
    }

    private CniReply add(String netns) throws InterruptedException {
        return plugin.call(request("ADD", netns));
    }

    @Test
    void aConfigurationThatIsNoJsonIsADecodingFailure() throws Exception {
        CniReply reply =
                plugin.call(new CniRequest("ADD", "c1", "/run/netns/p1", "eth0", "", "{]", "1", 0));

        assertThat(reply.exit()).isEqualTo(1);
        assertThat(JSON.readTree(reply.stdout()).get("code").asInt()).isEqualTo(6);
    }

    @Test
    void anAddThatIsRepeatedGetsTheSameAnswer() throws Exception {
        CniReply first = add("/run/netns/p1");

        CniReply second = add("/run/netns/p1");

        assertThat(second.stdout()).isEqualTo(first.stdout());
        assertThat(first.created()).contains(KEY);
        assertThat(second.created()).isEmpty();
        assertThat(network.told).containsExactly("added default/c1", "added default/c1");
    }

    @Test
    void anAddForAnotherNamespaceReplacesTheFormerPod() throws Exception {
        add("/run/netns/p1");

        CniReply second = add("/run/netns/p2");

        assertThat(second.stdout()).contains("/run/netns/p2").contains("10.1.0.1/32");
        assertThat(ipam.held()).extracting(PodAttachment::netns).containsExactly("/run/netns/p2");
    }

    @Test
    void deletesCanBeRepeated() throws Exception {
        add("/run/netns/p1");

        List<CniReply> replies =
                List.of(
                        plugin.call(request("DEL", "/run/netns/p1")),
                        plugin.call(request("DEL", "")),
                        plugin.call(request("DEL", "")));

        assertThat(replies).containsOnly(CniReply.DONE);
        assertThat(network.told).containsExactly("added default/c1", "removed default/c1");
        assertThat(link.links).isEmpty();
        assertThat(ipam.held()).isEmpty();
    }

    @Test
    void anAddThatThePlanesDoNotCarryIsUndone() throws Exception {
        network.programmed =
                CompletableFuture.failedFuture(new IllegalStateException("nft says no"));

        CniReply reply = add("/run/netns/p1");

        JsonNode error = JSON.readTree(reply.stdout());
        assertThat(error.get("code").asInt()).isEqualTo(11);
        assertThat(error.get("msg").asText()).contains("nft says no");
        assertThat(link.links).isEmpty();
        assertThat(ipam.held()).isEmpty();
    }

    @Test
    void anAddWaitsForABlock() throws Exception {
        List<Block> later = blocks.blocks;
        blocks.blocks = List.of();
        var unused =
                CompletableFuture.runAsync(
                        () -> blocks.blocks = later,
                        CompletableFuture.delayedExecutor(
                                200, java.util.concurrent.TimeUnit.MILLISECONDS));

        CniReply reply = add("/run/netns/p1");

        assertThat(reply.exit()).as(reply.stdout()).isZero();
    }

    @Test
    void statusSaysWhyNoPodCanBeAdded() throws Exception {
        network.notReady = Optional.of("the agent is not in sync");
        CniReply notInSync = plugin.call(request("STATUS", ""));
        network.notReady = Optional.empty();
        blocks.blocks = List.of();
        CniReply noBlock = plugin.call(request("STATUS", ""));

        assertThat(JSON.readTree(notInSync.stdout()).get("code").asInt()).isEqualTo(50);
        assertThat(notInSync.stdout()).contains("not in sync");
        assertThat(JSON.readTree(noBlock.stdout()).get("code").asInt()).isEqualTo(50);
    }

    @Test
    void checkFindsAMissingLink() throws Exception {
        add("/run/netns/p1");
        CniReply good = plugin.call(request("CHECK", "/run/netns/p1"));
        link.links.clear();

        CniReply bad = plugin.call(request("CHECK", "/run/netns/p1"));

        assertThat(good).isEqualTo(CniReply.DONE);
        assertThat(JSON.readTree(bad.stdout()).get("code").asInt()).isEqualTo(112);
    }

    @Test
    void garbageCollectionKeepsValidAndForeignAndReservedOnes() throws Exception {
        add("/run/netns/p1");
        attachments.reserve(reservation());
        String config = CONFIG.replace("1.1.0\"", "1.1.0\",\"cni.dev/valid-attachments\":VALID");
        String mine = "[{\"containerID\":\"c1\",\"ifname\":\"eth0\"}]";

        collect(config.replace("VALID", mine));
        int kept = ipam.held().size();
        collect(config.replace("VALID", "[]").replace("\"weir\"", "\"other\""));
        int foreign = ipam.held().size();
        collect(config.replace("VALID", "[]"));

        assertThat(kept).isEqualTo(2);
        assertThat(foreign).isEqualTo(2);
        assertThat(ipam.held()).extracting(a -> a.key().isReserved()).containsExactly(true);
    }

    private void collect(String config) throws InterruptedException {
        assertThat(plugin.call(new CniRequest("GC", "", "", "", "", config, "1", 0)))
                .isEqualTo(CniReply.DONE);
    }

    private static PodAttachment reservation() {
        return new PodAttachment(
                AttachmentKey.reserved("dns"),
                Kinds.POD.key("kube-system", "dns"),
                "",
                Map.of(),
                List.of(),
                "",
                "",
                "",
                "boot-1",
                Instant.EPOCH);
    }

    @Test
    void aReservedAddressStaysTheSame() throws Exception {
        Optional<PodAttachment> first = attachments.reserve(reservation());
        reconciler("boot-2").reconcile();

        assertThat(attachments.reserve(reservation())).isEqualTo(first).isPresent();
    }

    @Test
    void aQueuedDeleteFromBeforeTheAddIsStale() throws Exception {
        add("/run/netns/p1");
        CniRequest before =
                new CniRequest("DEL", "c1", "", "eth0", "", CONFIG, "1", NOW.toEpochMilli() - 1);

        boolean beforeDone = plugin.queuedDelete(before);
        boolean there = ipam.find(KEY).isPresent();
        boolean afterDone = plugin.queuedDelete(request("DEL", ""));

        assertThat(beforeDone && there && afterDone).isTrue();
        assertThat(ipam.find(KEY)).isEmpty();
    }

    @Test
    void podsOfAFormerBootAreReleasedAtOnce() throws Exception {
        add("/run/netns/p1");
        link.links.clear();

        reconciler("boot-2").reconcile();

        assertThat(ipam.held()).isEmpty();
        assertThat(network.told).containsExactly("added default/c1", "removed default/c1");
    }

    @Test
    void aPodWhoseLinkIsGoneIsReleasedAfterThreeLooks() throws Exception {
        add("/run/netns/p1");
        link.links.clear();
        now = NOW.plusSeconds(121);

        Reconciler reconciler = reconciler("boot-1");

        reconciler.reconcile();
        reconciler.reconcile();
        boolean stillThere = ipam.find(KEY).isPresent();
        reconciler.reconcile();

        assertThat(stillThere).isTrue();
        assertThat(ipam.find(KEY)).isEmpty();
    }

    @Test
    void aLinkThatTheJournalDoesNotKnowIsDeleted() throws Exception {
        add("/run/netns/p1");
        AttachmentKey stray = new AttachmentKey("weir", "stray", "eth0");
        link.links.put(stray, ipam.find(KEY).orElseThrow());

        reconciler("boot-1").reconcile();

        assertThat(link.links).containsOnlyKeys(KEY);
    }

    @Test
    void theConfigurationListSpeaksToOldAndNewRuntimes() throws Exception {
        CniSettings settings =
                new CniSettings(
                        Path.of("/run/weir/cni.sock"),
                        Path.of("/var/lib/weir"),
                        List.of(IpAddress.of("192.0.2.1")),
                        dev.weir.agent.linux.NetworkNamespace.own());

        ConfList.install(directory, "weir", settings);

        JsonNode list = JSON.readTree(directory.resolve(ConfList.FILE_NAME).toFile());
        assertThat(list.get("cniVersion").asText()).isEqualTo("1.0.0");
        assertThat(list.get("cniVersions")).extracting(JsonNode::asText).contains("1.1.0", "0.4.0");
        assertThat(list.at("/plugins/0/type").asText()).isEqualTo("weir-cni");
    }
}
