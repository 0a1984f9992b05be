package dev.weir.log.kafka;

import dev.weir.log.LogStore;
import dev.weir.log.TxLog;
import dev.weir.model.Shards;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * The logs of a cluster in Kafka: a topic for each shard.
 *
 * <p>Their id is made from the ids that the brokers gave to these topics: a topic that is made anew
 * makes another log.
 */
public final class KafkaLogStore implements LogStore {
    private final KafkaConfig config;
    private final String logId;
    private final KnownHeads known = new KnownHeads();

    private KafkaLogStore(KafkaConfig config, String logId) {
        this.config = config;
        this.logId = logId;
    }

    /**
     * Makes the topics that are not there, and looks at those that are.
     *
     * @throws dev.weir.log.LogException with what to do, e.g. when a topic is set otherwise than a
     *     log needs it
     */
    public static KafkaLogStore open(KafkaConfig config) {
        try (Topics topics = new Topics(config)) {
            return new KafkaLogStore(config, logId(config, topics.prepare(TopicPlan.all(config))));
        }
    }

    private static String logId(KafkaConfig config, Map<String, Uuid> topics) {
        String all =
                Shards.ALL.stream()
                        .map(shard -> topics.get(config.stateTopic(shard)))
                        .map(String::valueOf)
                        .sorted()
                        .collect(Collectors.joining(" "));
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
    }

    @Override
    public String logId() {
        return logId;
    }

    /** For a writer that needs no election, because nobody else is there, and no address. */
    @Override
    public TxLog shard(String shard) {
        return shard(shard, "", () -> true);
    }

    /**
     * The log of one shard. The caller closes it.
     *
     * @param address where the writer serves, for those who ask the wrong process
     * @param elected whether this process may claim the log at the moment
     */
    public TxLog shard(String shard, String address, BooleanSupplier elected) {
        return new KafkaTxLog(config, shard, logId, address, elected, known);
    }

    /**
     * Begins to read a shard that another process writes, or this one. The caller closes it.
     *
     * @param history changes that are kept for readers to resume from
     */
    public KafkaFollower follow(String shard, int history) {
        return follow(shard, history, Opening.PLAIN);
    }

    /** As {@link #follow(String, int)}, where values are sealed. */
    public KafkaFollower follow(String shard, int history, Opening opening) {
        return KafkaFollower.start(config, shard, history, opening);
    }

    /**
     * The election of a shard's writer, not started. The caller closes it.
     *
     * @param instance names this process: its own, and the same after it is started again
     */
    public KafkaElection elect(String shard, String instance) {
        return new KafkaElection(config, shard, instance);
    }

    /** Logs, followers and elections that were opened from it are closed by whoever has them. */
    @Override
    public void close() {}
}
