package dev.weir.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.core.v1.Commit;
import dev.weir.core.v1.CreateNamespaceRequest;
import dev.weir.core.v1.ListNamespacesResponse;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.node.v1.AgentsGrpc;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application as it is packaged, in processes of its own. */
class PackagedIT {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();

    /** For a start, an end, or a call. */
    private static final int PATIENCE = 60;

    @TempDir private Path directory;
    private final NioEventLoopGroup loop = new NioEventLoopGroup(1);
    private final List<Instance> instances = new ArrayList<>();

    @BeforeEach
    void packaged() {
        assumeTrue(Files.exists(JAR), "not packaged: " + JAR + " is made by mvn package");
    }

    @AfterEach
    void close() throws Exception {
        for (Instance instance : instances) {
            instance.close();
        }
        loop.shutdownGracefully(0, 0, SECONDS);
    }

    /** One process, and a channel to it. */
    private final class Instance {
        private final Process process;
        private final Path output;
        private final ManagedChannel channel;

        Instance(Path data, String... properties) throws IOException {
            output = Files.createTempFile(directory, "output", ".txt");
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                    "-Xmx256m",
                                    "-XX:+UseSerialGC",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-Dweir.data=" + data));
            command.addAll(List.of(properties));
            command.addAll(List.of("-jar", JAR.toString()));
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            channel =
                    NettyChannelBuilder.forAddress(
                                    UnixDomainSocketAddress.of(data.resolve("weir.sock")))
                            .channelType(NioDomainSocketChannel.class)
                            .withOption(ChannelOption.SO_KEEPALIVE, null)
                            .eventLoopGroup(loop)
                            .usePlaintext()
                            .build();
            instances.add(this);
        }

        Instance awaitServing() throws Exception {
            long deadline = System.nanoTime() + SECONDS.toNanos(PATIENCE);
            while (!isServing()) {
                assertThat(process.isAlive()).as("it runs; it said: " + said()).isTrue();
                assertThat(System.nanoTime())
                        .as("deadline for the first answer; it said: " + said())
                        .isLessThan(deadline);
                Thread.sleep(50);
            }
            return this;
        }

        private boolean isServing() {
            try {
                channel.resetConnectBackoff();
                return HealthGrpc.newBlockingStub(channel)
                                .withDeadlineAfter(PATIENCE, SECONDS)
                                .check(
                                        HealthCheckRequest.newBuilder()
                                                .setService(AgentsGrpc.SERVICE_NAME)
                                                .build())
                                .getStatus()
                        == ServingStatus.SERVING;
            } catch (StatusRuntimeException notYet) {
                return false;
            }
        }

        NamespacesGrpc.NamespacesBlockingStub namespaces() {
            return NamespacesGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE, SECONDS);
        }

        Commit create(String name) {
            return namespaces()
                    .create(
                            CreateNamespaceRequest.newBuilder()
                                    .setObject(
                                            Namespace.newBuilder()
                                                    .setMetadata(
                                                            ObjectMeta.newBuilder().setName(name)))
                                    .build())
                    .getCommit();
        }

        int exit() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE, SECONDS))
                    .as("it ends within " + PATIENCE + " s")
                    .isTrue();
            return process.exitValue();
        }

        /** As kill -9 does. */
        void kill() throws InterruptedException {
            process.destroyForcibly();
            exit();
        }

        String said() throws IOException {
            return Files.readString(output);
        }

        void close() throws InterruptedException {
            channel.shutdownNow();
            kill();
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    @Test
    void itServesAndDescribesEveryService() throws Exception {
        Instance instance = new Instance(data()).awaitServing();
        var listed = new CompletableFuture<List<String>>();

        ServerReflectionGrpc.newStub(instance.channel)
                .serverReflectionInfo(
                        new StreamObserver<ServerReflectionResponse>() {
                            @Override
                            public void onNext(ServerReflectionResponse answer) {
                                listed.complete(
                                        answer.getListServicesResponse().getServiceList().stream()
                                                .map(ServiceResponse::getName)
                                                .toList());
                            }

                            @Override
                            public void onError(Throwable thrown) {
                                listed.completeExceptionally(thrown);
                            }

                            @Override
                            public void onCompleted() {}
                        })
                .onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());

        assertThat(listed.get(PATIENCE, SECONDS))
                .contains(
                        "grpc.health.v1.Health",
                        "weir.core.v1.IpBlocks",
                        "weir.core.v1.Namespaces",
                        "weir.core.v1.Nodes",
                        "weir.core.v1.Pods",
                        "weir.net.v1.AddressPools",
                        "weir.net.v1.EndpointSlices",
                        "weir.net.v1.ServiceCidrs",
                        "weir.net.v1.Services",
                        "weir.node.v1.Agents",
                        "weir.policy.v1.NetworkPolicies");
    }

    @Test
    void aSecondOneLeavesTheFirstAlone() throws Exception {
        Instance first = new Instance(data()).awaitServing();

        Instance second = new Instance(data());

        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.said())
                .contains("another process already serves " + data().resolve("weir.sock"));
        assertThat(first.create("still-there").getRevision()).isPositive();
    }

    @Test
    void aSecondOneOnTheSameDataIsRefusedWhereverItListens() throws Exception {
        new Instance(data()).awaitServing();

        Instance second =
                new Instance(data(), "-Dweir.listen=unix://" + directory.resolve("other.sock"));

        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.said()).contains("is in use by another process");
    }

    @Test
    void whatWasAcknowledgedSurvivesAKill() throws Exception {
        Instance first = new Instance(data()).awaitServing();
        Map<String, Commit> acknowledged = new ConcurrentHashMap<>();
        AtomicInteger number = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writers.add(
                    Thread.ofVirtual().start(() -> writeUntilItFails(first, number, acknowledged)));
        }
        long deadline = System.nanoTime() + SECONDS.toNanos(PATIENCE);
        while (acknowledged.size() < 200) {
            assertThat(System.nanoTime()).as("deadline for 200 writes").isLessThan(deadline);
            Thread.sleep(1);
        }

        first.kill();
        for (Thread writer : writers) {
            assertThat(writer.join(java.time.Duration.ofSeconds(PATIENCE)))
                    .as("a writer ends")
                    .isTrue();
        }
        assertThat(data().resolve("weir.sock")).as("what the dead one left").exists();
        Instance second = new Instance(data()).awaitServing();

        ListNamespacesResponse found =
                second.namespaces().list(ListRequest.newBuilder().setPageSize(5_000).build());
        assertThat(found.getItemsList())
                .extracting(namespace -> namespace.getMetadata().getName())
                .containsAll(acknowledged.keySet());
        assertThat(acknowledged.values())
                .allSatisfy(
                        commit -> {
                            assertThat(commit.getLogId()).isEqualTo(found.getLogId());
                            assertThat(commit.getRevision())
                                    .isLessThanOrEqualTo(found.getRevision());
                        });
        assertThat(second.create("afterwards").getRevision()).isGreaterThan(found.getRevision());
    }

    private static void writeUntilItFails(
            Instance instance, AtomicInteger number, Map<String, Commit> acknowledged) {
        try {
            while (true) {
                String name = "ns-" + number.incrementAndGet();
                acknowledged.put(name, instance.create(name));
            }
        } catch (StatusRuntimeException killed) {
            // This write may be there or not; nobody was told.
        }
    }

    @Test
    void aRequestToStopEndsItAndLeavesNoSocket() throws Exception {
        Instance instance = new Instance(data()).awaitServing();

        instance.process.destroy();

        assertThat(instance.exit()).isIn(0, 143);
        assertThat(data().resolve("weir.sock")).doesNotExist();
        assertThat(instance.said()).doesNotContain("Exception");
    }
}
