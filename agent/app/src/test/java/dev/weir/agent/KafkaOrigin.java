package dev.weir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.core.v1.Frontier;
import dev.weir.log.Namespaces;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.log.kafka.KafkaConfig;
import dev.weir.log.kafka.KafkaLogStore;
import dev.weir.log.v1.LogHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Topics of a cluster of its own at a broker, and their writers. */
final class KafkaOrigin implements ChangeSourceContract.Origin {
    /** Short, so that a broker that is gone is found out soon. */
    private static final Duration REQUEST = Duration.ofSeconds(2);

    private final WiredBroker broker;
    private final KafkaConfig config;
    private final Map<String, Shard> shards = new HashMap<>();
    private KafkaLogStore store;

    KafkaOrigin(WiredBroker broker, String cluster) {
        this.broker = broker;
        this.config = KafkaConfig.of(cluster, broker.direct());
        openShards();
    }

    private void openShards() {
        store = KafkaLogStore.open(config);
        for (String shard : ChangeSourceContract.SHARDS) {
            shards.put(shard, Shard.open(shard, store.shard(shard), ShardConfig.of("test")));
        }
    }

    private void closeShards() {
        shards.values().forEach(Shard::close);
    }

    @Override
    public Shard shard(String name) {
        return shards.get(name);
    }

    @Override
    public ChangeSource source() {
        return new KafkaChangeSource(
                new KafkaConfig(
                        config.cluster(),
                        broker.wired(),
                        Map.of(),
                        config.replicas(),
                        config.minCompactionLag(),
                        config.tombstones(),
                        config.session(),
                        config.transaction(),
                        REQUEST,
                        config.maxMessage(),
                        false));
    }

    @Override
    public Wire wire() {
        return broker.wire();
    }

    @Override
    public void restart() {
        broker.restart();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.direct()));
    }

    private String topic() {
        return config.stateTopic(ChangeSourceContract.CONTROL);
    }

    /** Has the topic compacted until it holds no removal any more. */
    @Override
    public void forget() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topic());
        List<AlterConfigOp> eager = new ArrayList<>();
        Map.of(
                        "min.compaction.lag.ms", "0",
                        "delete.retention.ms", "0",
                        "min.cleanable.dirty.ratio", "0.0",
                        "segment.ms", "1",
                        "file.delete.delay.ms", "0")
                .forEach(
                        (name, value) ->
                                eager.add(
                                        new AlterConfigOp(
                                                new ConfigEntry(name, value),
                                                AlterConfigOp.OpType.SET)));
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(topic, eager)).all().get(10, TimeUnit.SECONDS);
        }
        long deadline = System.nanoTime() + Tables.PATIENCE.toNanos();
        for (int i = 0; removals() > 0; i++) {
            assertThat(System.nanoTime())
                    .as("compacted within " + Tables.PATIENCE)
                    .isLessThan(deadline);
            // Only what another segment follows is compacted.
            shard(ChangeSourceContract.CONTROL).write(Namespaces.put("filler", "v" + i)).join();
            Thread.sleep(50);
        }
    }

    private int removals() {
        int removals = 0;
        TopicPartition partition = new TopicPartition(topic(), 0);
        try (KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", broker.direct()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            long end = reader.endOffsets(List.of(partition)).get(partition);
            while (reader.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(REQUEST)) {
                    removals += record.value() == null ? 1 : 0;
                }
            }
        }
        return removals;
    }

    /** Deletes the topics; they are made anew. */
    @Override
    public void replace() throws Exception {
        closeShards();
        try (Admin admin = admin()) {
            admin.deleteTopics(
                            admin.listTopics().names().get(10, TimeUnit.SECONDS).stream()
                                    .filter(name -> name.startsWith(config.cluster() + "."))
                                    .toList())
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
        openShards();
    }

    @Override
    public void keep() {
        broker.keep();
    }

    @Override
    public void bringBack() throws Exception {
        closeShards();
        broker.bringBack();
        openShards();
    }

    @Override
    public void garble(ChangeSourceContract.Unreadable what) {
        long revision = shard(ChangeSourceContract.CONTROL).image().revision();
        byte[] bytes = {7, 7};
        switch (what) {
            case KIND_OF_A_LATER_VERSION -> append("Someday/shop/a", bytes, revision + 1);
            case BYTES -> append("Namespace//z", bytes, revision + 1);
        }
    }

    /** As a later version of the writer would. */
    private void append(String key, byte @Nullable [] value, long revision) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                broker.direct(),
                                "transactional.id",
                                "later-" + config.cluster()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            ProducerRecord<byte[], byte[]> object =
                    new ProducerRecord<>(topic(), 0, key.getBytes(StandardCharsets.UTF_8), value);
            object.headers()
                    .add("revision", ByteBuffer.allocate(8).putLong(revision).array())
                    .add("index", ByteBuffer.allocate(4).putInt(0).array());
            producer.send(object);
            producer.send(
                    new ProducerRecord<>(
                            topic(),
                            0,
                            "@head".getBytes(StandardCharsets.UTF_8),
                            LogHead.newBuilder()
                                    .setLogId(store.logId())
                                    .setRevision(revision)
                                    .setTerm(shard(ChangeSourceContract.CONTROL).term())
                                    .setAfter(Frontier.getDefaultInstance())
                                    .setPrevious(revision - 1)
                                    .build()
                                    .toByteArray()));
            producer.commitTransaction();
        }
    }

    @Override
    public void mend() throws Exception {
        replace();
    }

    @Override
    public void close() {
        closeShards();
        broker.wire().mend();
    }
}
