package dev.weir.log.kafka;

import dev.weir.model.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Where the logs of a cluster are, and the bounds of what is done with them.
 *
 * @param cluster begins the names of all topics and ids, so that clusters can share brokers:
 *     lower-case letters, digits and dashes
 * @param bootstrap brokers to begin with, {@code host:port,...}
 * @param client further settings of every Kafka client, e.g. of its security; those that the log
 *     depends on cannot be changed with it
 * @param replicas of each topic that is made here; topics that are there need as many
 * @param minCompactionLag for this long a topic keeps its exact history, so that a reader that was
 *     away can go on where it stopped
 * @param tombstones how long a removal stays in a topic; a reader that was away for longer reads
 *     everything anew
 * @param session after so long without a sign of life a writer is no longer elected
 * @param transaction after so long a broker gives up a transaction that nobody ended; what a writer
 *     waits for one, too
 * @param request how long any other call to a broker may take, retries included
 * @param maxMessage bytes of the largest object, and a few more for what is around it
 * @param adopt go on with topics that belonged to another log, which were restored or copied
 */
public record KafkaConfig(
        String cluster,
        String bootstrap,
        Map<String, String> client,
        short replicas,
        Duration minCompactionLag,
        Duration tombstones,
        Duration session,
        Duration transaction,
        Duration request,
        int maxMessage,
        boolean adopt) {
    public static final String CLUSTER = "weir";
    public static final Duration MIN_COMPACTION_LAG = Duration.ofHours(1);
    public static final Duration TOMBSTONES = Duration.ofDays(7);
    public static final Duration SESSION = Duration.ofSeconds(6);
    public static final Duration TRANSACTION = Duration.ofSeconds(10);
    public static final Duration REQUEST = Duration.ofSeconds(5);
    public static final int MAX_MESSAGE = 16 << 20;

    /** The least that any broker must take. */
    private static final int SMALLEST_MAX_MESSAGE = 64 << 10;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public KafkaConfig {
        client = Map.copyOf(client);
        checkName("cluster", cluster);
        check(!bootstrap.isBlank(), "bootstrap: names no broker");
        check(replicas >= 1, "replicas: at least 1");
        check(!minCompactionLag.isNegative(), "minCompactionLag: not negative");
        check(tombstones.isPositive(), "tombstones: more than 0");
        check(session.isPositive(), "session: more than 0");
        check(request.isPositive(), "request: more than 0");
        check(transaction.compareTo(request) >= 0, "transaction: at least as long as a request");
        check(maxMessage >= SMALLEST_MAX_MESSAGE, "maxMessage: at least " + SMALLEST_MAX_MESSAGE);
    }

    /** With the bounds above and one replica: for a broker that stands alone. */
    public static KafkaConfig of(String cluster, String bootstrap) {
        return new KafkaConfig(
                cluster,
                bootstrap,
                Map.of(),
                (short) 1,
                MIN_COMPACTION_LAG,
                TOMBSTONES,
                SESSION,
                TRANSACTION,
                REQUEST,
                MAX_MESSAGE,
                false);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    private static String checkName(String what, String name) {
        check(
                NAME.matcher(name).matches(),
                what + ": lower-case letters, digits and dashes, not " + name);
        return name;
    }

    /** The log of a shard. */
    public String stateTopic(String shard) {
        return cluster + "." + checkName("shard", shard) + ".state.v1";
    }

    /** What nodes report, by their names. */
    public String nodeReportsTopic() {
        return cluster + ".node-reports.v1";
    }

    /** Events about one kind of object, for integrators. */
    public String eventsTopic(Kind kind) {
        return cluster + "." + kind.eventName();
    }

    /** The fence of a shard: a broker lets only the last producer that took it write. */
    String transactionalId(String shard) {
        return "weir-" + cluster + "-" + checkName("shard", shard);
    }

    /** Those who would write a shard. */
    String writersGroup(String shard) {
        return cluster + "." + checkName("shard", shard) + ".writer";
    }

    /** What all clients have in common. Changeable: each one adds its own. */
    Map<String, Object> clientSettings(String clientId) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis(request));
        settings.put(
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, request.toMillis());
        settings.put(
                CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
                request.toMillis());
        settings.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        settings.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    /**
     * Of a reader of a topic: no group, no stored place, nothing of transactions that are not
     * committed.
     */
    Map<String, Object> readerSettings(String clientId) {
        Map<String, Object> settings = clientSettings(clientId);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis(request));
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
