package dev.weir.service;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.broker.ForkedBroker;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.WatchRequest;
import dev.weir.net.v1.CreateServiceRequest;
import dev.weir.net.v1.ListServicesResponse;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import dev.weir.net.v1.ServicesGrpc;
import dev.weir.net.v1.ServicesGrpc.ServicesBlockingStub;
import dev.weir.net.v1.WatchServicesResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two endpoint services, of which one writes; the one that does is killed under load. */
class TakeoverIT {
    private static final Duration SESSION = Duration.ofSeconds(3);

    /** Until the other one writes: its election, and what it does then. A busy machine is slow. */
    private static final Duration TAKEOVER = SESSION.plusSeconds(7);

    private static final Duration CALL = Duration.ofSeconds(40);
    private static final int WRITERS = 8;

    @TempDir private Path directory;
    private final List<Instance> all = new ArrayList<>();
    private ForkedBroker broker;
    private Instance front;
    private Instance one;
    private Instance other;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        broker = ForkedBroker.start(directory.resolve("kafka"));
        front = instance(Role.CONTROL_PLANE, "control-plane-a");
        one = instance(Role.ENDPOINT_SERVICE, "endpoint-service-a");
        other = instance(Role.ENDPOINT_SERVICE, "endpoint-service-b");
        for (Instance service : List.of(one, other)) {
            Await.until(
                    "both endpoint services know who writes",
                    () -> ready(service).startsWith("200 "),
                    service::said);
        }
    }

    private Instance instance(Role role, String name) throws Exception {
        Instance instance =
                Instance.start(
                        role,
                        name,
                        directory,
                        broker.bootstrap(),
                        "-Dweir.kafka.session=" + SESSION);
        all.add(instance);
        return instance;
    }

    @AfterEach
    void stop() throws Exception {
        for (Instance instance : all) {
            instance.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    /** What its probe says; nothing while it starts. */
    private static String ready(Instance service) throws Exception {
        try {
            return service.probe("ready");
        } catch (IOException notYet) {
            return "";
        }
    }

    private static boolean isWriter(Instance service) throws Exception {
        return ready(service).contains("writer of shard endpoint");
    }

    private static ServicesBlockingStub services(Instance at) {
        return ServicesGrpc.newBlockingStub(at.channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS);
    }

    private static Service create(Instance at, String name) {
        return services(at)
                .create(
                        CreateServiceRequest.newBuilder()
                                .setObject(
                                        Service.newBuilder()
                                                .setMetadata(
                                                        ObjectMeta.newBuilder()
                                                                .setNamespace("default")
                                                                .setName(name))
                                                .setSpec(
                                                        ServiceSpec.newBuilder()
                                                                .addPorts(
                                                                        ServicePort.newBuilder()
                                                                                .setPort(80))))
                                .build())
                .getObject();
    }

    private static List<Service> list(Instance at) {
        List<Service> found = new ArrayList<>();
        ListServicesResponse page = ListServicesResponse.getDefaultInstance();
        do {
            page =
                    services(at)
                            .list(
                                    ListRequest.newBuilder()
                                            .setNamespace("default")
                                            .setPageToken(page.getNextPageToken())
                                            .build());
            found.addAll(page.getItemsList());
        } while (!page.getNextPageToken().isEmpty());
        return found;
    }

    /** Threads that create Services at the front door until they are told to stop. */
    private final class Load {
        final Map<String, String> addresses = new ConcurrentHashMap<>();
        final ConcurrentLinkedQueue<StatusRuntimeException> failed = new ConcurrentLinkedQueue<>();
        final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
        final AtomicLong longestNanos = new AtomicLong();
        private final AtomicInteger number = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        Load() {
            for (int i = 0; i < WRITERS; i++) {
                threads.add(Thread.startVirtualThread(this::run));
            }
        }

        private void run() {
            while (!stopped && failed.isEmpty()) {
                String name = "web-" + number.incrementAndGet();
                try {
                    addresses.put(name, create(front, name).getSpec().getClusterIp());
                    long now = System.nanoTime();
                    long pause = now - lastNanos.getAndSet(now);
                    longestNanos.accumulateAndGet(pause, Math::max);
                } catch (StatusRuntimeException e) {
                    failed.add(e);
                }
            }
        }

        void awaitMore(int count) throws Exception {
            int enough = addresses.size() + count;
            Await.until(
                    enough + " Services are there",
                    () -> addresses.size() >= enough || !failed.isEmpty(),
                    () -> addresses.size() + "; it said " + front.said());
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                assertThat(thread.join(CALL)).as("a writer ends").isTrue();
            }
        }
    }

    /** Opened, and in sync. Its end. */
    private static CompletableFuture<Status> watch(Instance at) throws InterruptedException {
        var ended = new CompletableFuture<Status>();
        var inSync = new CountDownLatch(1);
        ServicesGrpc.newStub(at.channel())
                .watch(
                        WatchRequest.getDefaultInstance(),
                        new StreamObserver<WatchServicesResponse>() {
                            @Override
                            public void onNext(WatchServicesResponse event) {
                                if (event.getBookmark().getInSync()) {
                                    inSync.countDown();
                                }
                            }

                            @Override
                            public void onError(Throwable thrown) {
                                ended.complete(Status.fromThrowable(thrown));
                            }

                            @Override
                            public void onCompleted() {
                                ended.complete(Status.OK);
                            }
                        });
        assertThat(inSync.await(CALL.toMillis(), MILLISECONDS)).as("the watch is in sync").isTrue();
        return ended;
    }

    private Instance writer() throws Exception {
        return isWriter(one) ? one : other;
    }

    private Instance besides(Instance writer) {
        return writer == one ? other : one;
    }

    /** Writes go on, and nobody was refused in the meantime. */
    private void awaitTakeover(String what, Load load, Instance survivor) throws Exception {
        load.awaitMore(200);
        Duration silence = Duration.ofNanos(load.longestNanos.getAndSet(0));
        System.out.printf(
                "%s: no write for %d ms, session %d ms%n",
                what, silence.toMillis(), SESSION.toMillis());
        assertThat(load.failed).as("what callers were refused").isEmpty();
        assertThat(silence).isLessThan(TAKEOVER);
        assertThat(ready(survivor)).contains("writer of shard endpoint");
    }

    /** Whatever was acknowledged is there as it was, and no two Services have one address. */
    private void nothingIsLost(Load load) throws Exception {
        List<Service> found = list(front);
        assertThat(found)
                .filteredOn(service -> load.addresses.containsKey(service.getMetadata().getName()))
                .allSatisfy(
                        service ->
                                assertThat(service.getSpec().getClusterIp())
                                        .isEqualTo(
                                                load.addresses.get(
                                                        service.getMetadata().getName())))
                .hasSameSizeAs(load.addresses.keySet());
        assertThat(found)
                .extracting(service -> service.getSpec().getClusterIp())
                .doesNotHaveDuplicates();
        assertThat(list(besides(writer()))).as("what a standby leads to").hasSameSizeAs(found);
    }

    @Test
    void theDeathOfTheWriterCostsTimeAndNothingElse() throws Exception {
        create(front, "first");
        Load load = new Load();
        load.awaitMore(200);
        for (int round = 1; round <= 2; round++) {
            Instance writer = writer();
            CompletableFuture<Status> watch = watch(front);

            load.longestNanos.set(0);
            writer.kill();

            awaitTakeover("death " + round, load, besides(writer));
            assertThat(watch.get(CALL.toMillis(), MILLISECONDS).getCode())
                    .isEqualTo(Status.Code.UNAVAILABLE);
            writer.startAgain();
            awaitStandby(writer);
        }
        load.stop();

        nothingIsLost(load);
    }

    private static void awaitStandby(Instance service) throws Exception {
        Await.until(
                "it stands by",
                () -> ready(service).contains("standby of shard endpoint"),
                service::said);
    }

    /** It takes itself for the writer until it hears otherwise. */
    @Test
    void aWriterThatWasPausedWritesNothingMore() throws Exception {
        create(front, "first");
        Load load = new Load();
        load.awaitMore(200);
        Instance writer = writer();
        String name = writer == one ? "endpoint-service-a" : "endpoint-service-b";

        load.longestNanos.set(0);
        signal("STOP", name);
        try {
            awaitTakeover("pause", load, besides(writer));
        } finally {
            signal("CONT", name);
        }
        awaitStandby(writer);
        load.awaitMore(200);
        load.stop();

        assertThat(load.failed).isEmpty();
        nothingIsLost(load);
    }

    private static void signal(String signal, String instance) throws Exception {
        ProcessHandle process =
                ProcessHandle.current()
                        .children()
                        .filter(
                                child ->
                                        child.info()
                                                .commandLine()
                                                .filter(line -> line.contains("=" + instance + " "))
                                                .isPresent())
                        .findFirst()
                        .orElseThrow();
        int exit =
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        assertThat(exit).isZero();
    }
}
