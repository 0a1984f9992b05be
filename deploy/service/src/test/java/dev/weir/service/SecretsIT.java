package dev.weir.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.weir.broker.ForkedBroker;
import dev.weir.core.v1.CreateNamespaceRequest;
import dev.weir.core.v1.CreateSecretRequest;
import dev.weir.core.v1.GetRequest;
import dev.weir.core.v1.ListRequest;
import dev.weir.core.v1.Namespace;
import dev.weir.core.v1.NamespacesGrpc;
import dev.weir.core.v1.ObjectMeta;
import dev.weir.core.v1.Secret;
import dev.weir.core.v1.SecretsGrpc;
import dev.weir.core.v1.SecretsGrpc.SecretsBlockingStub;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.node.v1.FollowRequest;
import dev.weir.node.v1.FollowResponse;
import dev.weir.node.v1.ProxySecretsGrpc;
import dev.weir.node.v1.ProxySecretsRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the control plane with one key, and what becomes of Secrets. */
class SecretsIT {
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration CALL = Duration.ofSeconds(60);

    /** Which is in every Secret here. */
    private static final String PLAINTEXT = "correct horse battery staple";

    /** Which is in a Namespace: who finds nothing of the Secrets finds this. */
    private static final String OPEN = "anybody may know";

    private static final int SECRETS = 80;

    @TempDir private Path directory;
    private final List<Instance> all = new ArrayList<>();
    private ForkedBroker broker;
    private Instance one;
    private Instance other;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.exists(Instance.JAR), "not packaged: " + Instance.JAR);
        broker = ForkedBroker.start(directory.resolve("kafka"));
        one = replica("control-plane-a");
        other = replica("control-plane-b");
        for (Instance replica : all) {
            Await.until(
                    "both know who writes the shards of the control plane",
                    () -> said(replica, "\"control.writer\"") && said(replica, "\"secret.writer\""),
                    replica::said);
        }
    }

    private Instance replica(String name, String... properties) throws Exception {
        List<String> settings = new ArrayList<>(List.of("-Dweir.kafka.session=" + SESSION));
        settings.addAll(List.of(properties));
        Instance instance =
                Instance.start(
                        Role.CONTROL_PLANE,
                        name,
                        directory,
                        broker.bootstrap(),
                        settings.toArray(String[]::new));
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

    private static boolean said(Instance instance, String words) throws Exception {
        try {
            return instance.probe("ready").contains(words);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** As this replica knows it. */
    private Instance writer(Instance asked) throws Exception {
        return said(asked, "\"secret.writer\": \"control-plane-a at") ? one : other;
    }

    private Instance besides(Instance writer) {
        return writer == one ? other : one;
    }

    private static SecretsBlockingStub secrets(Instance at) {
        return SecretsGrpc.newBlockingStub(at.channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS);
    }

    private static ByteString value(String name) {
        return ByteString.copyFromUtf8(PLAINTEXT + " " + name);
    }

    private static void create(Instance at, String name) {
        Secret secret =
                Secret.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder().setNamespace("default").setName(name))
                        .putData("password", value(name))
                        .build();
        secrets(at).create(CreateSecretRequest.newBuilder().setObject(secret).build());
    }

    private static Map<String, ByteString> list(Instance at) {
        Map<String, ByteString> found = new TreeMap<>();
        secrets(at)
                .list(ListRequest.newBuilder().setNamespace("default").build())
                .getItemsList()
                .forEach(
                        secret ->
                                found.put(
                                        secret.getMetadata().getName(),
                                        secret.getDataOrThrow("password")));
        return found;
    }

    @Test
    void whatWasAcknowledgedOutlivesItsWriter() throws Exception {
        Map<String, ByteString> acknowledged = new ConcurrentSkipListMap<>();
        Instance writer = writer(one);
        Instance front = besides(writer);
        CompletableFuture<Void> load =
                CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < SECRETS; i++) {
                                create(front, "password-" + i);
                                acknowledged.put("password-" + i, value("password-" + i));
                            }
                        });
        Await.until(
                "some Secrets are there",
                () -> acknowledged.size() > SECRETS / 4 || load.isDone(),
                front::said);

        writer.kill();

        load.get(CALL.toMillis(), MILLISECONDS);
        assertThat(acknowledged).hasSize(SECRETS);
        assertThat(list(front)).isEqualTo(acknowledged);
        assertThat(writer(front)).isEqualTo(front);
        writer.startAgain();
        Await.until("it is back", () -> said(writer, "\"secret.writer\""), writer::said);
        assertThat(list(writer)).isEqualTo(acknowledged);
    }

    @Test
    void nobodyIsToldOfThemButWhoNeedsThem() throws Exception {
        Instance standby = besides(writer(one));
        create(standby, "password");

        Map<String, String> topics = topics();
        FollowResponse sent =
                ProxySecretsGrpc.newBlockingStub(standby.channel())
                        .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                        .follow(ProxySecretsRequest.newBuilder().setProxy("weir-system/l7").build())
                        .next()
                        .getPart();

        assertThat(sent.getShard()).isEqualTo("secret");
        assertThat(sent.getRevision()).isPositive();
        assertThat(sent.getChangesList()).as("no Ingress uses it").isEmpty();
        assertThat(topics).containsKey("weir.secret.state.v1");
        assertThat(topics.get("weir.secret.state.v1")).contains("Secret/default/password");
        assertThat(topics.get("weir.control.state.v1")).contains(OPEN);
        assertThat(topics.get("weir.core.namespace.v1")).contains(OPEN);
        for (String leak : List.of(PLAINTEXT, base64(PLAINTEXT))) {
            assertThat(topics.values()).noneMatch(topic -> topic.contains(leak));
        }
        assertThat(topics.keySet()).doesNotContain("weir.core.secret.v1");
        topics.remove("weir.secret.state.v1");
        assertThat(topics.values()).noneMatch(topic -> topic.contains("Secret/default"));
        for (Instance replica : List.of(one, other)) {
            refusesToTell(replica);
            assertThat(replica.said()).doesNotContain(PLAINTEXT);
        }
    }

    private static String base64(String text) {
        // Without what depends on the bytes that follow.
        return Base64.getEncoder().encodeToString(text.getBytes(ISO_8859_1)).substring(0, 32);
    }

    private static void refusesToTell(Instance at) {
        var shard = FollowRequest.newBuilder().setNodeName("n").addShards("secret").build();
        assertThatThrownBy(
                        () ->
                                AgentsGrpc.newBlockingStub(at.channel())
                                        .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                                        .follow(shard)
                                        .next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("secret");
        var kind = dev.weir.events.v1.FollowRequest.newBuilder().addKinds("Secret").build();
        assertThatThrownBy(
                        () ->
                                EventsGrpc.newBlockingStub(at.channel())
                                        .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                                        .follow(kind)
                                        .next())
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("there are no events of \"Secret\"");
    }

    /** All that the brokers hold, once an event of a Namespace that was written last is there. */
    private Map<String, String> topics() throws Exception {
        NamespacesGrpc.newBlockingStub(one.channel())
                .withDeadlineAfter(CALL.toMillis(), MILLISECONDS)
                .create(
                        CreateNamespaceRequest.newBuilder()
                                .setObject(
                                        Namespace.newBuilder()
                                                .setMetadata(
                                                        ObjectMeta.newBuilder()
                                                                .setName("open")
                                                                .putAnnotations("about", OPEN)))
                                .build());
        Map<String, StringBuilder> texts = new TreeMap<>();
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.bootstrap(),
                                "auto.offset.reset",
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            Collection<TopicPartition> partitions =
                    consumer.listTopics().values().stream()
                            .flatMap(List::stream)
                            .filter(partition -> !partition.topic().startsWith("__"))
                            .map(
                                    partition ->
                                            new TopicPartition(
                                                    partition.topic(), partition.partition()))
                            .toList();
            partitions.forEach(partition -> texts.put(partition.topic(), new StringBuilder()));
            consumer.assign(partitions);
            Await.until(
                    "the event of the Namespace is there",
                    () -> {
                        consumer.poll(Duration.ofMillis(200)).forEach(record -> add(record, texts));
                        return texts.get("weir.core.namespace.v1").indexOf(OPEN) >= 0
                                && texts.get("weir.secret.state.v1").indexOf("password") >= 0;
                    },
                    texts.keySet()::toString);
        }
        Map<String, String> read = new LinkedHashMap<>();
        texts.forEach((topic, text) -> read.put(topic, text.toString()));
        return read;
    }

    private static void add(
            ConsumerRecord<byte[], byte[]> record, Map<String, StringBuilder> texts) {
        StringBuilder text = texts.get(record.topic());
        for (byte[] part : List.of(orEmpty(record.key()), orEmpty(record.value()))) {
            text.append(new String(part, ISO_8859_1)).append('\n');
        }
        record.headers()
                .forEach(
                        header ->
                                text.append(header.key())
                                        .append(new String(orEmpty(header.value()), ISO_8859_1))
                                        .append('\n'));
    }

    private static byte[] orEmpty(byte[] bytes) {
        return bytes == null ? new byte[0] : bytes;
    }

    @Test
    void aReplicaWithAnotherKeySaysWhatToDo() throws Exception {
        create(one, "password");

        Instance stranger =
                replica(
                        "control-plane-c",
                        "-Dweir.secret-key-file=" + directory.resolve("other.key"));

        Await.until(
                "it says that the key is wrong",
                () -> said(stranger, "restore the key file that was used before"),
                stranger::said);
        assertThat(stranger.probe("ready")).startsWith("503 ").contains("shard secret: reading");
        assertThatThrownBy(
                        () ->
                                secrets(stranger)
                                        .get(
                                                GetRequest.newBuilder()
                                                        .setNamespace("default")
                                                        .setName("password")
                                                        .build()))
                .hasMessageContaining("restore the key file that was used before");
        assertThat(list(other)).containsOnlyKeys("password");
    }
}
