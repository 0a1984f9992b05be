package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.agent.derive.NodeDeriver;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.NodeSettings;
import dev.weir.agent.spi.RecordingPlane;
import dev.weir.broker.ForkedBroker;
import dev.weir.changes.Frontier;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.kafka.KafkaLogStore;
import dev.weir.model.Cidr;
import dev.weir.model.FailureException;
import dev.weir.model.IpAddress;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.ReportRequest;
import dev.weir.node.v1.ReportResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that is killed, a writer that goes on, an agent that follows both. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KafkaScenarioTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<String> FOLLOWED = Set.of("control");

    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    @TempDir private static Path brokerDirectory;
    private static ForkedBroker broker;

    @TempDir private Path directory;
    private final Tables tables = new Tables();
    private Shard control;
    private KafkaChangeSource source;

    @BeforeAll
    static void startBroker() {
        broker = ForkedBroker.start(brokerDirectory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void open() {
        KafkaConfig config =
                KafkaConfig.of("test-" + CLUSTERS.incrementAndGet(), broker.bootstrap());
        control =
                Shard.open(
                        "control",
                        KafkaLogStore.open(config).shard("control"),
                        ShardConfig.of("test"));
        source = new KafkaChangeSource(config);
    }

    @AfterEach
    void close() {
        source.close();
        control.close();
    }

    /** Until it is durable, as a client would. */
    private CompletableFuture<?> write(Namespaces.Change change, long deadline) {
        return control.write(change)
                .<CompletableFuture<?>>handle(
                        (done, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedFuture(done);
                            }
                            Throwable cause =
                                    failure instanceof CompletionException
                                            ? failure.getCause()
                                            : failure;
                            assertThat(cause).isInstanceOf(FailureException.class);
                            assertThat(System.nanoTime())
                                    .as("written within " + PATIENCE)
                                    .isLessThan(deadline);
                            return CompletableFuture.supplyAsync(
                                            () -> null,
                                            CompletableFuture.delayedExecutor(
                                                    50, java.util.concurrent.TimeUnit.MILLISECONDS))
                                    .thenCompose(pause -> write(change, deadline));
                        })
                .thenCompose(next -> next);
    }

    private void writeGroup(Random random) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        CompletableFuture.allOf(
                        random.ints(50, 0, 500)
                                .mapToObj(
                                        i ->
                                                random.nextInt(3) == 0
                                                        ? Namespaces.remove("n" + i)
                                                        : Namespaces.put(
                                                                "n" + i, "v" + random.nextInt()))
                                .map(change -> change.as(UUID.randomUUID().toString()))
                                .map(change -> write(change, deadline))
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + " within " + PATIENCE).isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void thousandsOfChangesWhileTheBrokerIsKilledAndStartedAgain() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        source.start(FOLLOWED, Frontier.EMPTY, tables);
        CompletableFuture<Void> restart = CompletableFuture.completedFuture(null);

        for (int group = 0; group < 100; group++) {
            if (group % 40 == 30) {
                restart.join();
                restart = CompletableFuture.runAsync(broker::restart);
            }
            writeGroup(random);
        }
        restart.join();

        tables.awaitEqual(control);
        assertThat(control.image().revision()).as("seed %d", seed).isGreaterThan(4_000);
    }

    /** Counts the reports, and acknowledges nothing. */
    private static final class Reports extends AgentsGrpc.AgentsImplBase {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void report(ReportRequest request, StreamObserver<ReportResponse> out) {
            count.incrementAndGet();
            out.onNext(ReportResponse.getDefaultInstance());
            out.onCompleted();
        }
    }

    @Test
    void withoutABrokerTheNodeKeepsWhatItCarriesAndGoesOnReporting() throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Reports reports = new Reports();
        RecordingPlane.Store kernel = new RecordingPlane.Store();
        NodeLoop.Carried nothing =
                new NodeLoop.Carried(NodeImage.EMPTY, Frontier.EMPTY, List.of(), List.of());
        try (SocketServer server = SocketServer.start(directory.resolve("s"), reports);
                Reporter reporter =
                        new Reporter(
                                "n1", "", "i1", server.channel(), Duration.ofMillis(100), nothing);
                NodeLoop loop =
                        new NodeLoop(
                                List.of(new PlaneDriver(new RecordingPlane(kernel, FOLLOWED))),
                                new NodeDeriver(
                                        new NodeSettings(
                                                "n1",
                                                List.of(IpAddress.of("192.0.2.1")),
                                                List.of(Cidr.of("10.244.0.0/16")),
                                                List.of(Cidr.of("10.96.0.0/12")))),
                                Duration.ofHours(1),
                                reporter::carried)) {
            reporter.start();
            loop.start();
            write(Namespaces.put("a", "1"), deadline).join();
            source.start(FOLLOWED, Frontier.EMPTY, loop::accept);
            await("the first state", () -> carries(kernel, "a"));
            await("connected", source::connected);

            broker.kill();
            await("not connected", () -> !source.connected());
            List<String> calls = kernel.calls();
            int before = reports.count.get();
            await("more reports", () -> reports.count.get() > before + 5);

            assertThat(kernel.calls()).isEqualTo(calls);
            assertThat(carries(kernel, "a")).isTrue();

            broker.restart();
            write(Namespaces.put("b", "1"), System.nanoTime() + PATIENCE.toNanos()).join();
            await("the next state", () -> carries(kernel, "b"));
            await("connected again", source::connected);
        }
    }

    private static boolean carries(RecordingPlane.Store kernel, String name) {
        var control = kernel.carried().shards().get("control");
        return control != null && Namespaces.value(control, name).isPresent();
    }
}
