package dev.weir.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.agent.linux.NetworkNamespace;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiled shim and the real server, over a double of the kernel. */
final class ShimTest {
    @TempDir Path directory;

    private final Doubles.Link link = new Doubles.Link();
    private final Doubles.Network network = new Doubles.Network();
    private final Doubles.Blocks blocks = new Doubles.Blocks("10.1.0.0/26", "fd00::/122");
    private CniSettings settings;
    private Shim shim;
    private CniServer server;

    @BeforeEach
    void build() throws Exception {
        settings =
                new CniSettings(
                        directory.resolve("run/cni.sock"),
                        directory.resolve("state"),
                        List.of(),
                        NetworkNamespace.own());
        shim = Shim.build(directory, settings);
        server = open();
    }

    private CniServer open() throws IOException {
        return new CniServer(settings, network, blocks, link);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void carriesCallsAndAnswers() throws Exception {
        server.start();

        Shim.Result added = shim.call("ADD", "c1", "/run/netns/p1");
        Shim.Result checked = shim.call("CHECK", "c1", "/run/netns/p1");
        Shim.Result status = shim.call("STATUS", "", "");
        Shim.Result refused = shim.call("ADD", "c2", "");
        Shim.Result deleted = shim.call("DEL", "c1", "");

        assertThat(added.exit()).isZero();
        assertThat(added.json().at("/ips/0/address").asText()).isEqualTo("10.1.0.0/32");
        assertThat(List.of(checked, status, deleted)).containsOnly(new Shim.Result(0, ""));
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.json().get("code").asInt()).isEqualTo(4);
        assertThat(network.told).containsExactly("added default/c1", "removed default/c1");
    }

    @Test
    void passesEveryCharacterOfTheConfiguration() throws Exception {
        server.start();
        String config =
                "{\"cniVersion\":\"1.0.0\",\"name\":\"weir\",\"socket\":\"%s\",\"dns\":{\"domain\":\"ä\\\"\\\\\t\\u0001\"}}"
                        .formatted(settings.socket());

        Process process = shim.start("ADD", "c1", "/run/netns/p1", config, "K8S_POD_NAME=a\"b\\c");
        byte[] stdout = process.getInputStream().readAllBytes();

        var result = NetworkConfig.JSON.readTree(stdout);
        assertThat(result.get("code").asInt()).as("a raw tab is no JSON").isEqualTo(6);
        process =
                shim.start(
                        "ADD",
                        "c1",
                        "/run/netns/p1",
                        config.replace("\t", "\\t"),
                        "K8S_POD_NAME=a\"b\\c");
        result = NetworkConfig.JSON.readTree(process.getInputStream().readAllBytes());
        assertThat(result.at("/dns/domain").asText()).isEqualTo("ä\"\\\t\u0001");
        assertThat(network.told).containsExactly("added default/a-b-c");
    }

    @Test
    void manyPodsAtOnceGetAddressesOfTheirOwn() throws Exception {
        server.start();
        List<CompletableFuture<String>> calls =
                IntStream.range(0, 40)
                        .mapToObj(i -> CompletableFuture.supplyAsync(() -> address("c" + i)))
                        .toList();

        List<String> addresses = calls.stream().map(CompletableFuture::join).toList();

        assertThat(addresses).doesNotHaveDuplicates().hasSize(40);
    }

    private Shim.Result call(String command, String id, String netns) {
        try {
            return shim.call(command, id, netns);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String address(String id) {
        try {
            return call("ADD", id, "/run/netns/" + id).json().at("/ips/0/address").asText();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withoutAgentOnlyDeletesAndVersionSucceed() throws Exception {
        long start = System.nanoTime();
        var add = CompletableFuture.supplyAsync(() -> call("ADD", "c1", "/run/netns/p1"));
        Files.createDirectories(settings.state());
        Shim.Result version = shim.call("VERSION", "dummy", "dummy", "0.4.0", "");
        Shim.Result status = shim.call("STATUS", "", "");
        Shim.Result check = shim.call("CHECK", "c1", "/run/netns/p1");
        Shim.Result delete = shim.call("DEL", "c1", "");
        Shim.Result again = shim.call("DEL", "c1", "");

        assertThat(version.json().get("cniVersion").asText()).isEqualTo("0.4.0");
        assertThat(version.json().get("supportedVersions")).hasSize(4);
        assertThat(status.json().get("code").asInt()).isEqualTo(50);
        assertThat(check.json().get("code").asInt()).isEqualTo(11);
        assertThat(check.exit()).isEqualTo(1);
        assertThat(List.of(delete, again)).containsOnly(new Shim.Result(0, ""));
        try (var files = Files.list(settings.queue())) {
            assertThat(files).hasSize(1);
        }
        assertThat(add.get(30, TimeUnit.SECONDS).json().get("code").asInt()).isEqualTo(11);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("the patience of an ADD")
                .isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));
    }

    @Test
    void anAddWaitsForTheAgentToStart() throws Exception {
        var add = CompletableFuture.supplyAsync(() -> address("c1"));
        Thread.sleep(500);

        server.start();

        assertThat(add.get(10, TimeUnit.SECONDS)).isEqualTo("10.1.0.0/32");
    }

    @Test
    void queuedDeletesAreWorkedOffBeforeServing() throws Exception {
        server.start();
        shim.call("ADD", "c1", "/run/netns/p1");
        server.close();
        shim.call("DEL", "c1", "/run/netns/p1");
        Files.writeString(settings.queue().resolve("broken.json"), "{");
        server = open();
        int before = server.existing().size();

        server.start();

        assertThat(before).isEqualTo(1);
        assertThat(server.existing()).isEmpty();
        assertThat(link.links).isEmpty();
        try (var files = Files.list(settings.queue())) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void onlyTheOwnerMayConnectAndASecondServerIsRefused() throws Exception {
        server.start();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(settings.socket())))
                .isEqualTo("rw-------");
        CniSettings other =
                new CniSettings(
                        settings.socket(), directory.resolve("other"), List.of(), settings.node());
        try (CniServer second = new CniServer(other, network, blocks, link)) {
            assertThatThrownBy(second::start).hasMessageContaining("another agent serves");
        }
        assertThat(shim.call("STATUS", "", "").exit()).isZero();
    }

    @Test
    void anAddWhoseAnswerNobodyTakesIsUndone() throws Exception {
        network.programmed = new CompletableFuture<>();
        server.start();
        String request =
                """
                {"cmd":"ADD","containerId":"c1","netns":"/run/netns/p1","ifname":"eth0","config":"{\\"cniVersion\\":\\"1.0.0\\",\\"name\\":\\"weir\\"}"}\
                """;
        byte[] body = request.getBytes(StandardCharsets.UTF_8);
        try (SocketChannel client =
                SocketChannel.open(UnixDomainSocketAddress.of(settings.socket()))) {
            client.write(ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).flip());
            await("the ADD to begin", () -> !network.told.isEmpty());
        }

        network.programmed.complete("yes");

        await("the undo", () -> network.told.contains("removed default/c1"));
        await("the release", () -> server.existing().isEmpty());
        assertThat(link.links).isEmpty();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s for " + what).isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
