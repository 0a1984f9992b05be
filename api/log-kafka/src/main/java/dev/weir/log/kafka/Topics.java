package dev.weir.log.kafka;

import dev.weir.log.LogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Makes the topics of a cluster that are not there, and refuses to go on with those that are
 * otherwise than they need to be, or with brokers that are too old.
 */
final class Topics implements AutoCloseable {
    private static final String TRANSACTION_VERSION = "transaction.version";

    /** From here on a late message of a transaction never ends up in the next one (KIP-890). */
    private static final short LEAST_TRANSACTION_VERSION = 2;

    /** Between two looks at what was made a moment ago. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final KafkaConfig config;
    private final Admin admin;

    Topics(KafkaConfig config) {
        this.config = config;
        Map<String, Object> settings = config.clientSettings(config.cluster() + "-topics");
        settings.put(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                KafkaConfig.millis(config.request()));
        try {
            this.admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw Trouble.of(config, "use the brokers at " + config.bootstrap(), e);
        }
    }

    /**
     * @return the ids that the brokers gave to the topics, by name
     * @throws LogException with what is wrong, and the command that mends it
     */
    Map<String, Uuid> prepare(List<TopicPlan> plans) {
        checkBrokers();
        make(plans);
        List<String> complaints = new ArrayList<>();
        Map<String, TopicDescription> descriptions = describe(plans);
        descriptions.values().forEach(topic -> complaints.addAll(shape(topic)));
        Map<ConfigResource, Config> settings =
                get(
                        "read the settings of the topics",
                        admin.describeConfigs(plans.stream().map(Topics::resource).toList()).all());
        for (TopicPlan plan : plans) {
            Config actual = settings.getOrDefault(resource(plan), new Config(List.of()));
            settings(plan, actual).ifPresent(complaints::add);
        }
        if (!complaints.isEmpty()) {
            throw new LogException(String.join("\n", complaints));
        }
        return descriptions.values().stream()
                .collect(Collectors.toMap(TopicDescription::name, TopicDescription::topicId));
    }

    private void checkBrokers() {
        FeatureMetadata features =
                get("ask for the brokers' features", admin.describeFeatures().featureMetadata());
        FinalizedVersionRange range = features.finalizedFeatures().get(TRANSACTION_VERSION);
        int version = range == null ? 0 : range.maxVersionLevel();
        if (version < LEAST_TRANSACTION_VERSION) {
            throw new LogException(
                    "The feature "
                            + TRANSACTION_VERSION
                            + " of the brokers at "
                            + config.bootstrap()
                            + " is "
                            + version
                            + " and must be at least "
                            + LEAST_TRANSACTION_VERSION
                            + ": before that, a late message could become part of a transaction"
                            + " that it does not belong to. With Kafka 4.0 or later: "
                            + "kafka-features.sh --bootstrap-server "
                            + config.bootstrap()
                            + " upgrade --feature "
                            + TRANSACTION_VERSION
                            + "="
                            + LEAST_TRANSACTION_VERSION);
        }
    }

    /** Several processes may do this at once. */
    private void make(List<TopicPlan> plans) {
        Map<String, KafkaFuture<Void>> made =
                admin.createTopics(
                                plans.stream()
                                        .filter(plan -> !isThere(plan))
                                        .map(this::newTopic)
                                        .toList())
                        .values();
        made.forEach(
                (name, future) -> {
                    try {
                        await(future);
                    } catch (TopicExistsException e) {
                        // Another process was quicker.
                    } catch (KafkaException | TimeoutException e) {
                        throw Trouble.of(config, "make topic " + name, e);
                    }
                });
    }

    private boolean isThere(TopicPlan plan) {
        try {
            await(admin.describeTopics(List.of(plan.name())).allTopicNames());
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        } catch (KafkaException | TimeoutException e) {
            throw Trouble.of(config, "look for topic " + plan.name(), e);
        }
    }

    private NewTopic newTopic(TopicPlan plan) {
        Map<String, String> settings = new HashMap<>();
        plan.settings().forEach(setting -> settings.put(setting.name(), setting.value()));
        return new NewTopic(plan.name(), 1, config.replicas()).configs(settings);
    }

    /** What was made a moment ago is not known to every broker yet. */
    private Map<String, TopicDescription> describe(List<TopicPlan> plans) {
        List<String> names = plans.stream().map(TopicPlan::name).toList();
        long deadline = System.nanoTime() + config.request().toNanos();
        while (true) {
            try {
                return await(admin.describeTopics(names).allTopicNames());
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw Trouble.of(config, "find the topics that were made", e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            } catch (KafkaException | TimeoutException e) {
                throw Trouble.of(config, "look at the topics", e);
            }
        }
    }

    private List<String> shape(TopicDescription topic) {
        List<String> complaints = new ArrayList<>();
        if (topic.partitions().size() != 1) {
            complaints.add(
                    "Topic "
                            + topic.name()
                            + " has "
                            + topic.partitions().size()
                            + " partitions and must have one, because only one partition has an"
                            + " order. Partitions cannot be taken away: put the topic back as it"
                            + " was.");
        }
        for (TopicPartitionInfo partition : topic.partitions()) {
            if (partition.replicas().size() < config.replicas()) {
                complaints.add(
                        "Partition "
                                + partition.partition()
                                + " of topic "
                                + topic.name()
                                + " has "
                                + partition.replicas().size()
                                + " replicas and must have at least "
                                + config.replicas()
                                + ". Add some with kafka-reassign-partitions.sh, or ask for"
                                + " fewer.");
            }
        }
        return complaints;
    }

    private Optional<String> settings(TopicPlan plan, Config actual) {
        List<String> complaints = new ArrayList<>();
        List<String> mended = new ArrayList<>();
        for (TopicSetting setting : plan.settings()) {
            ConfigEntry entry = actual.get(setting.name());
            setting.complaint(entry == null ? null : entry.value())
                    .ifPresent(
                            complaint -> {
                                complaints.add(complaint);
                                mended.add(setting.assignment());
                            });
        }
        return complaints.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "Topic "
                                + plan.name()
                                + ": "
                                + String.join("; ", complaints)
                                + ". Mend it with: kafka-configs.sh --bootstrap-server "
                                + config.bootstrap()
                                + " --alter --entity-type topics --entity-name "
                                + plan.name()
                                + " --add-config "
                                + String.join(",", mended));
    }

    private static ConfigResource resource(TopicPlan plan) {
        return new ConfigResource(ConfigResource.Type.TOPIC, plan.name());
    }

    private <T> T get(String doing, Future<T> future) {
        try {
            return await(future);
        } catch (KafkaException | TimeoutException e) {
            throw Trouble.of(config, doing, e);
        }
    }

    /** The future's own deadline is the same; this one holds even if the client is stuck. */
    private <T> T await(Future<T> future) throws TimeoutException {
        try {
            return future.get(2 * config.request().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException kafka) {
                throw kafka;
            }
            throw new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogException("interrupted while a broker was asked");
        }
    }

    @Override
    public void close() {
        admin.close(config.request());
    }
}
