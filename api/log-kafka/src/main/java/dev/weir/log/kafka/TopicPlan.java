package dev.weir.log.kafka;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.DELETE_RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG;

import dev.weir.model.Kind;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** One topic as it is made; what is there already has to be like it. One partition each. */
record TopicPlan(String name, List<TopicSetting> settings) {
    /** A segment is compacted once it is closed, so it is closed at least that often. */
    private static final Duration LONGEST_SEGMENT = Duration.ofHours(1);

    private static final Duration SHORTEST_SEGMENT = Duration.ofMillis(100);

    /** In times of the least lag. */
    private static final int COMPACTION_LAGS = 6;

    private static final Duration NODE_REPORTS_KEPT = Duration.ofHours(1);
    private static final Duration EVENTS_KEPT = Duration.ofHours(24);

    /** What an event has around an object that an object in a log has not. In bytes. */
    private static final int AROUND_EVENT = 4 << 10;

    /** From here on one of the replicas may be missing. */
    private static final int SPARE_REPLICA = 3;

    TopicPlan {
        settings = List.copyOf(settings);
    }

    /** All topics of a cluster. */
    static List<TopicPlan> all(KafkaConfig config) {
        return Stream.of(
                        Shards.ALL.stream().map(shard -> state(config, shard)),
                        Stream.of(passing(config, config.nodeReportsTopic(), NODE_REPORTS_KEPT)),
                        Kinds.ALL.stream()
                                .filter(Kind::hasEvents)
                                .map(
                                        kind ->
                                                passing(
                                                        config,
                                                        config.eventsTopic(kind),
                                                        EVENTS_KEPT)))
                .flatMap(topics -> topics)
                .toList();
    }

    static TopicPlan state(KafkaConfig config, String shard) {
        long lag = config.minCompactionLag().toMillis();
        long segment = Math.clamp(lag, SHORTEST_SEGMENT.toMillis(), LONGEST_SEGMENT.toMillis());
        return new TopicPlan(
                config.stateTopic(shard),
                List.of(
                        TopicSetting.exactly(
                                CLEANUP_POLICY_CONFIG,
                                CLEANUP_POLICY_COMPACT,
                                "objects would be lost after a while"),
                        TopicSetting.atLeast(
                                MIN_COMPACTION_LAG_MS_CONFIG,
                                lag,
                                "readers that were away for a moment read everything anew"
                                        + " otherwise"),
                        TopicSetting.atMost(
                                MAX_COMPACTION_LAG_MS_CONFIG,
                                Math.max(COMPACTION_LAGS * lag, segment),
                                "every start reads what is not compacted yet"),
                        TopicSetting.atLeast(
                                DELETE_RETENTION_MS_CONFIG,
                                config.tombstones().toMillis(),
                                "a reader that was away for longer does not learn what was"
                                        + " removed"),
                        TopicSetting.atMost(
                                SEGMENT_MS_CONFIG,
                                segment,
                                "only what is in a closed segment is ever compacted"),
                        TopicSetting.atLeast(
                                MAX_MESSAGE_BYTES_CONFIG,
                                config.maxMessage(),
                                "objects of the size that this process takes would not fit"),
                        TopicSetting.exactly(
                                UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                                "false",
                                "a replica that lags behind must never become the truth"),
                        TopicSetting.atLeast(
                                MIN_IN_SYNC_REPLICAS_CONFIG,
                                minInSync(config.replicas()),
                                "what was answered must survive the loss of a broker")));
    }

    /** Of what is forgotten after a while. */
    private static TopicPlan passing(KafkaConfig config, String name, Duration kept) {
        return new TopicPlan(
                name,
                List.of(
                        TopicSetting.exactly(
                                CLEANUP_POLICY_CONFIG,
                                CLEANUP_POLICY_DELETE,
                                "what it holds is of use for a while only, and each of it then"),
                        TopicSetting.atLeast(RETENTION_MS_CONFIG, kept.toMillis(), ""),
                        TopicSetting.atLeast(
                                MAX_MESSAGE_BYTES_CONFIG, config.maxMessage() + AROUND_EVENT, ""),
                        TopicSetting.atLeast(
                                MIN_IN_SYNC_REPLICAS_CONFIG, minInSync(config.replicas()), "")));
    }

    static int minInSync(int replicas) {
        return replicas >= SPARE_REPLICA ? 2 : 1;
    }
}
