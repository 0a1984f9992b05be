package dev.weir.log.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** What someone does to the topics of a cluster behind its back. Returns when it is done. */
final class Changes {
    private static final int SECONDS = 15;

    private Changes() {}

    static void set(KafkaConfig config, String topic, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin(config)) {
            ConfigEntry entry = new ConfigEntry(name, value);
            get(
                    admin.incrementalAlterConfigs(
                                    Map.of(
                                            resource,
                                            List.of(
                                                    new AlterConfigOp(
                                                            entry, AlterConfigOp.OpType.SET))))
                            .all());
            await(
                    name + "=" + value,
                    () ->
                            get(admin.describeConfigs(List.of(resource)).all())
                                    .get(resource)
                                    .get(name)
                                    .value()
                                    .equals(value));
        }
    }

    static void setTransactionVersion(
            KafkaConfig config, int version, FeatureUpdate.UpgradeType type) throws Exception {
        String feature = "transaction.version";
        try (Admin admin = admin(config)) {
            get(
                    admin.updateFeatures(
                                    Map.of(feature, new FeatureUpdate((short) version, type)),
                                    new UpdateFeaturesOptions())
                            .all());
            await(
                    feature + "=" + version,
                    () ->
                            get(admin.describeFeatures().featureMetadata())
                                            .finalizedFeatures()
                                            .get(feature)
                                            .maxVersionLevel()
                                    == version);
        }
    }

    static void partitions(KafkaConfig config, String topic, int count) throws Exception {
        try (Admin admin = admin(config)) {
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all());
            await(
                    count + " partitions of " + topic,
                    () ->
                            get(admin.describeTopics(List.of(topic)).allTopicNames())
                                            .get(topic)
                                            .partitions()
                                            .size()
                                    == count);
        }
    }

    static void delete(KafkaConfig config, String topic) throws Exception {
        try (Admin admin = admin(config)) {
            get(admin.deleteTopics(List.of(topic)).all());
            await("no " + topic, () -> !get(admin.listTopics().names()).contains(topic));
        }
    }

    static Admin admin(KafkaConfig config) {
        return Admin.create(config.clientSettings("test"));
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    static void await(String what, Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!holds.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + SECONDS + " s in vain for " + what);
            }
            Thread.sleep(20);
        }
    }
}
