package dev.weir.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Message;
import dev.weir.broker.ForkedBroker;
import dev.weir.client.EventFeed;
import dev.weir.client.ServerUnreachableException;
import dev.weir.client.WeirClient;
import dev.weir.client.WriteOptions;
import dev.weir.core.v1.Condition;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Pod;
import dev.weir.core.v1.PodIp;
import dev.weir.core.v1.PodSpec;
import dev.weir.core.v1.PodStatus;
import dev.weir.events.v1.CloudEvent;
import dev.weir.events.v1.FollowRequest;
import dev.weir.log.kafka.TopicRecord;
import dev.weir.log.kafka.TopicRecords;
import dev.weir.model.FailureException;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServicePort;
import dev.weir.net.v1.ServiceSpec;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged services in processes of their own, a broker, and somebody who knows neither. */
class EventTopicsIT {
    private static final int PODS = 40;

    @TempDir private Path directory;
    private ForkedBroker broker;
    private Instance controlPlane;
    private Instance endpointService;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Files.exists(Instance.JAR),
                "not packaged: " + Instance.JAR + " is made by mvn package");
        broker = ForkedBroker.start(directory.resolve("kafka"));
        controlPlane = instance(Role.CONTROL_PLANE);
        endpointService = instance(Role.ENDPOINT_SERVICE);
    }

    private Instance instance(Role role) throws IOException {
        return Instance.start(role, role.toString(), directory, broker.bootstrap());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {endpointService, controlPlane, broker}) {
            if (each != null) {
                each.close();
            }
        }
    }

    /** Does it once somebody takes it; what was done already counts. */
    private void done(String what, Callable<?> call) throws Exception {
        AtomicReference<String> last = new AtomicReference<>("");
        Await.until(
                what,
                () -> {
                    try {
                        call.call();
                        return true;
                    } catch (ServerUnreachableException e) {
                        last.set(e.getMessage());
                        return false;
                    } catch (FailureException e) {
                        last.set(e.getMessage());
                        return switch (e.failure().reason()) {
                            case ALREADY_EXISTS, NOT_FOUND -> true;
                            case UNAVAILABLE, TIMEOUT, CONFLICT -> false;
                            default -> throw e;
                        };
                    }
                },
                () -> last + said());
    }

    private String said() {
        return "\n" + controlPlane.said() + "\n" + endpointService.said();
    }

    private void until(String what, Integrator integrator, Callable<Boolean> holds)
            throws Exception {
        Await.until(
                what,
                () -> {
                    integrator.poll();
                    return holds.call();
                },
                () -> "told " + addresses(integrator) + said());
    }

    private static Service web() {
        return Service.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName("web"))
                .setSpec(
                        ServiceSpec.newBuilder()
                                .putSelector("app", "web")
                                .addPorts(ServicePort.newBuilder().setPort(80)))
                .build();
    }

    private static String name(int number) {
        return "web-" + number;
    }

    private static String address(int number) {
        return "10.244.0." + number;
    }

    private static Pod pod(int number, boolean ready) {
        return Pod.newBuilder()
                .setMetadata(
                        ObjectMeta.newBuilder()
                                .setNamespace("default")
                                .setName(name(number))
                                .putLabels("app", "web"))
                .setSpec(PodSpec.newBuilder().setNodeName("n1"))
                .setStatus(
                        PodStatus.newBuilder()
                                .setPhase("Running")
                                .addConditions(
                                        Condition.newBuilder()
                                                .setType("Ready")
                                                .setStatus(ready ? "True" : "False"))
                                .addPodIps(PodIp.newBuilder().setIp(address(number))))
                .build();
    }

    private void create(WeirClient client, Message object) throws Exception {
        done("create " + Kinds.of(object), () -> client.create(object, WriteOptions.NONE));
    }

    private void ready(WeirClient client, int number, boolean ready) throws Exception {
        done(
                "update of " + name(number),
                () -> client.update(pod(number, ready), List.of("status"), WriteOptions.NONE));
    }

    private void delete(WeirClient client, int number) throws Exception {
        done(
                "delete " + name(number),
                () -> client.delete(Kinds.POD, "default", name(number), WriteOptions.NONE));
    }

    /** The addresses behind the Service, as the integrator knows them. */
    private static Set<String> addresses(Integrator integrator) {
        Set<String> addresses = new TreeSet<>();
        integrator.objects.forEach(
                (key, slice) -> {
                    if (key.startsWith("EndpointSlice/default/web")) {
                        Integrator.values(slice, "endpoints.addresses")
                                .forEach(address -> addresses.add(address.toString()));
                    }
                });
        return addresses;
    }

    private static long readyOnes(Integrator integrator) {
        return integrator.objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("EndpointSlice/default/web"))
                .flatMap(
                        entry ->
                                Integrator.values(entry.getValue(), "endpoints.conditions.ready")
                                        .stream())
                .filter(Boolean.TRUE::equals)
                .count();
    }

    /** The ids of all changes of EndpointSlices, from the log itself. */
    private Set<String> logged() {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", broker.bootstrap());
        settings.put("isolation.level", "read_committed");
        Set<String> ids = new HashSet<>();
        TopicPartition log = new TopicPartition("weir.endpoint.state.v1", 0);
        try (var reader =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(log));
            reader.seekToBeginning(List.of(log));
            long end = reader.endOffsets(List.of(log)).get(log);
            while (reader.position(log) < end) {
                for (var record : reader.poll(Duration.ofSeconds(1))) {
                    if (TopicRecords.read(record) instanceof TopicRecord.Stored stored
                            && Key.ofPath(stored.key()).kind().equals("EndpointSlice")) {
                        ids.add("endpoint:" + stored.revision() + ":" + stored.key());
                    }
                }
            }
        }
        return ids;
    }

    @Test
    void theEndpointsOfAServiceCanBeFollowedAcrossTheDeathOfWhoTellsThem() throws Exception {
        try (WeirClient client = WeirClient.to(controlPlane.address());
                Integrator integrator =
                        Integrator.follow(broker.bootstrap(), "weir", "endpointslice")) {
            create(client, web());
            create(client, pod(1, true));
            create(client, pod(2, true));
            until(
                    "two endpoints",
                    integrator,
                    () -> addresses(integrator).equals(Set.of(address(1), address(2))));
            ready(client, 2, false);
            until("one that is ready", integrator, () -> readyOnes(integrator) == 1);
            delete(client, 1);
            until(
                    "one endpoint",
                    integrator,
                    () -> addresses(integrator).equals(Set.of(address(2))));

            CompletableFuture<Void> load =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    for (int i = 3; i < PODS; i++) {
                                        create(client, pod(i, true));
                                        if (i % 3 == 0) {
                                            delete(client, i);
                                        }
                                    }
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            until("some of the load", integrator, () -> addresses(integrator).size() > 5);
            endpointService.kill();
            load.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            endpointService.startAgain();
            Set<String> expected = new TreeSet<>();
            expected.add(address(2));
            for (int i = 3; i < PODS; i++) {
                if (i % 3 != 0) {
                    expected.add(address(i));
                }
            }
            until("all endpoints", integrator, () -> addresses(integrator).equals(expected));
            assertThat(listed(client)).isEqualTo(expected);

            broker.restart();
            done(
                    "delete the Service",
                    () -> client.delete(Kinds.SERVICE, "default", "web", WriteOptions.NONE));
            until("no endpoints", integrator, () -> addresses(integrator).isEmpty());

            Set<String> logged = logged();
            until("every change", integrator, () -> integrator.ids.containsAll(logged));
            assertThat(logged).containsAll(integrator.ids);
            assertThat(endpointService.probe("well")).startsWith("200 ").contains("events");
            assertThat(example(integrator.ids.size()))
                    .filteredOn(
                            line ->
                                    line.startsWith(
                                            "weir.net.endpointslice.v1.deleted default/web"))
                    .isNotEmpty();

            poison();
            Await.until(
                    "the alarm",
                    () -> endpointService.probe("well").startsWith("503 "),
                    this::said);
            assertThat(endpointService.probe("well")).contains("Unheard/default/of");
        }
    }

    @Test
    void aStreamGoesOnAtAControlPlaneThatWasKilled() throws Exception {
        BlockingQueue<CloudEvent> events = new LinkedBlockingQueue<>();
        try (WeirClient client = WeirClient.to(controlPlane.address());
                WeirClient follower = WeirClient.to(controlPlane.address())) {
            create(client, pod(1, true));
            EventFeed feed =
                    new EventFeed(
                            follower,
                            FollowRequest.newBuilder().addKinds("Pod").build(),
                            new EventFeed.Listener() {
                                @Override
                                public void event(CloudEvent event) {
                                    events.add(event);
                                }

                                @Override
                                public void broken(Throwable why, int tries) {}

                                @Override
                                public void missed(Throwable why) {
                                    throw new AssertionError(why);
                                }
                            });
            Thread following = Thread.ofVirtual().unstarted(() -> run(feed));
            following.start();
            // The feed tells changes from its start on, and says nothing of that.
            Await.until(
                    "the feed has begun",
                    () -> {
                        ready(client, 1, System.nanoTime() % 2 == 0);
                        return !events.isEmpty();
                    },
                    this::said);
            Set<String> ids = new HashSet<>();
            create(client, pod(2, true));
            take(events, ids, name(2));

            controlPlane.kill();
            controlPlane.startAgain();
            create(client, pod(3, true));
            delete(client, 2);
            take(events, ids, name(3));
            take(events, ids, name(2));

            following.interrupt();
            assertThat(events).as("told after the last change").isEmpty();
        }
    }

    private static void run(EventFeed feed) {
        try {
            feed.run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes events up to one about this pod; none comes twice. */
    private void take(BlockingQueue<CloudEvent> events, Set<String> ids, String pod)
            throws Exception {
        CloudEvent event;
        do {
            event = events.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).as("an event about " + pod + said()).isNotNull();
            assertThat(ids.add(event.getId())).as(event.getId() + " for the first time").isTrue();
        } while (!event.getSubject().equals("default/" + pod));
    }

    private static Set<String> listed(WeirClient client) {
        List<String> addresses = new ArrayList<>();
        client.list(Kinds.ENDPOINT_SLICE, "default", "kubernetes.io/service-name=web")
                .items()
                .forEach(
                        slice ->
                                ((EndpointSlice) slice)
                                        .getEndpointsList()
                                        .forEach(e -> addresses.addAll(e.getAddressesList())));
        return new TreeSet<>(addresses);
    }

    /** Writes to the log what no version writes. */
    private void poison() throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap());
        try (var writer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            var record =
                    new ProducerRecord<>(
                            "weir.endpoint.state.v1", 0, "Unheard/default/of", new byte[0]);
            record.headers()
                    .add("revision", ByteBuffer.allocate(Long.BYTES).putLong(1).array())
                    .add("index", new byte[Integer.BYTES]);
            writer.send(record).get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** What the guide's program prints, run with nothing of ours but the descriptor set. */
    private List<String> example(int lines) throws Exception {
        Path program = Path.of("../../docs/events/Follow.java").toAbsolutePath();
        Path set = directory.resolve("weir.binpb");
        try (InputStream in = Integrator.class.getResourceAsStream("/weir/events/weir.binpb")) {
            Files.copy(in, set);
        }
        String jars =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(
                                jar ->
                                        jar.matches(
                                                ".*/(kafka-clients|protobuf-java|slf4j-api)"
                                                        + "-[0-9.]+\\.jar"))
                        .collect(Collectors.joining(File.pathSeparator));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                jars,
                                program.toString(),
                                broker.bootstrap(),
                                "weir.net.endpointslice.v1",
                                set.toString())
                        .redirectError(directory.resolve("example.err").toFile())
                        .start();
        try (BufferedReader out = process.inputReader()) {
            return CompletableFuture.supplyAsync(() -> out.lines().limit(lines).toList())
                    .get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(Files.readString(directory.resolve("example.err")), e);
        } finally {
            process.destroyForcibly();
        }
    }
}
