package dev.weir.broker;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The settings of one small broker that is its own controller (KRaft). Bytes and milliseconds.
 *
 * <p>Everything has one replica: it survives the end of its process, also by SIGKILL, and not the
 * loss of its disk; without {@code log.flush.interval.messages=1} not a loss of power either.
 */
final class BrokerSettings {
    /**
     * Holds the largest group of entries that a state topic takes, 16 MiB, and room to frame it.
     */
    private static final int MAX_MESSAGE = 17 << 20;

    private static final int SEGMENT = 32 << 20;

    private BrokerSettings() {}

    static Properties of(BrokerOptions options, Path logs, int controllerPort) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", logs.toString());
        settings.put(
                "listeners",
                "PLAINTEXT://"
                        + BrokerOptions.text(options.listen())
                        + ",CONTROLLER://127.0.0.1:"
                        + controllerPort);
        settings.put(
                "advertised.listeners", "PLAINTEXT://" + BrokerOptions.text(options.advertise()));
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        // Topics are made by who knows their settings.
        settings.put("auto.create.topics.enable", "false");
        // One replica of everything.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        // One transaction right after another does not back off for 20 ms (KAFKA-18654).
        settings.put("add.partitions.to.txn.retry.backoff.ms", "1");
        // A transaction that its writer left open holds up readers no longer than its timeout.
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // Who was killed is taken for alive until then, and not let in again: the cost of a
        // restart.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        // Elections: short sessions are allowed, the first candidate is elected at once.
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("message.max.bytes", Integer.toString(MAX_MESSAGE));
        settings.put("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE));
        settings.put("log.segment.bytes", Integer.toString(SEGMENT));
        // Small: few threads, little memory.
        settings.put("num.network.threads", "1");
        settings.put("num.io.threads", "2");
        settings.put("background.threads", "1");
        settings.put("num.recovery.threads.per.data.dir", "1");
        settings.put("group.coordinator.threads", "1");
        settings.put("share.coordinator.threads", "1");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        settings.putAll(options.settings());
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
