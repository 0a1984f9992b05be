package dev.weir.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.log.LogException;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics and brokers that a log cannot rely on are refused, with what mends them. */
@Timeout(60)
class TopicsTest {
    private static final String NEVER = "127.0.0.1:1";

    private final KafkaConfig config = SharedBroker.newCluster();
    private final String topic = config.stateTopic(Shards.ENDPOINT);

    @Test
    void makesWhatIsMissingAndFindsItAgain() throws Exception {
        String first = KafkaLogStore.open(config).logId();

        String second = KafkaLogStore.open(config).logId();

        assertThat(second).isEqualTo(first);
        try (Admin admin = Changes.admin(config)) {
            assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS))
                    .contains(
                            config.cluster() + ".control.state.v1",
                            config.cluster() + ".endpoint.state.v1",
                            config.cluster() + ".policy.state.v1",
                            config.cluster() + ".dns.state.v1",
                            config.cluster() + ".node-reports.v1",
                            config.cluster() + ".net.service.v1",
                            config.cluster() + ".core.pod.v1",
                            config.cluster() + ".policy.networkpolicy.v1");
        }
    }

    @Test
    void refusesEachWrongSettingAndSaysWhatMendsIt() throws Exception {
        KafkaLogStore.open(config);
        Map<String, String> wrong =
                Map.of(
                        "cleanup.policy", "delete",
                        "min.compaction.lag.ms", "1000",
                        "max.compaction.lag.ms", "99999999",
                        "delete.retention.ms", "86400000",
                        "segment.ms", "604800000",
                        "max.message.bytes", "1048588",
                        "unclean.leader.election.enable", "true");
        for (TopicSetting setting : TopicPlan.state(config, Shards.ENDPOINT).settings()) {
            String value = wrong.get(setting.name());
            if (value == null) {
                assertThat(setting.name()).isEqualTo("min.insync.replicas");
                continue;
            }
            Changes.set(config, topic, setting.name(), value);

            assertThatThrownBy(() -> KafkaLogStore.open(config))
                    .isInstanceOf(LogException.class)
                    .hasMessageStartingWith("Topic " + topic + ": " + setting.name())
                    .hasMessageContaining(setting.name() + " is " + value + " and must be ")
                    .hasMessageContaining(setting.value())
                    .hasMessageEndingWith(
                            "kafka-configs.sh --bootstrap-server "
                                    + config.bootstrap()
                                    + " --alter --entity-type topics --entity-name "
                                    + topic
                                    + " --add-config "
                                    + setting.name()
                                    + "="
                                    + setting.value());

            Changes.set(config, topic, setting.name(), setting.value());
        }
        KafkaLogStore.open(config);
    }

    @Test
    void takesSettingsThatAreSafer() throws Exception {
        KafkaLogStore.open(config);

        Changes.set(config, topic, "min.compaction.lag.ms", "7200000");
        Changes.set(config, topic, "delete.retention.ms", "999999999999");
        Changes.set(config, topic, "max.message.bytes", "33554432");

        assertThat(KafkaLogStore.open(config).logId()).isNotEmpty();
    }

    @Test
    void refusesASecondPartition() throws Exception {
        KafkaLogStore.open(config);
        Changes.partitions(config, topic, 2);

        assertThatThrownBy(() -> KafkaLogStore.open(config))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("Topic " + topic + " has 2 partitions and must have one");
    }

    @Test
    void refusesFewerReplicasThanItIsToldToHave() {
        KafkaLogStore.open(config);

        assertThatThrownBy(() -> KafkaLogStore.open(replicated(config)))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("has 1 replicas and must have at least 3")
                .hasMessageContaining("min.insync.replicas is 1 and must be at least 2");
    }

    @Test
    void saysWhenThereAreNotEnoughBrokersForTheReplicas() {
        assertThatThrownBy(() -> KafkaLogStore.open(replicated(config)))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("cannot make topic")
                .hasMessageContaining("replicas");
    }

    private static KafkaConfig replicated(KafkaConfig config) {
        return new KafkaConfig(
                config.cluster(),
                config.bootstrap(),
                config.client(),
                (short) 3,
                config.minCompactionLag(),
                config.tombstones(),
                config.session(),
                config.transaction(),
                config.request(),
                config.maxMessage(),
                false);
    }

    @Test
    void refusesBrokersWithTransactionsOfTheOldKind() throws Exception {
        Changes.setTransactionVersion(config, 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        try {
            assertThatThrownBy(() -> KafkaLogStore.open(config))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("transaction.version")
                    .hasMessageContaining("is 1 and must be at least 2")
                    .hasMessageContaining("kafka-features.sh --bootstrap-server");
        } finally {
            Changes.setTransactionVersion(config, 2, FeatureUpdate.UpgradeType.UPGRADE);
        }
        KafkaLogStore.open(config);
    }

    @Test
    void saysWhichBrokersDoNotAnswer() {
        KafkaConfig away =
                new KafkaConfig(
                        "weir",
                        NEVER,
                        Map.of(),
                        (short) 1,
                        Duration.ofHours(1),
                        Duration.ofDays(7),
                        KafkaConfig.SESSION,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        KafkaConfig.MAX_MESSAGE,
                        false);

        assertThatThrownBy(() -> KafkaLogStore.open(away))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("no broker at " + NEVER)
                .hasMessageContaining("check that the brokers run");
    }
}
