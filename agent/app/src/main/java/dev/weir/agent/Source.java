package dev.weir.agent;

import dev.weir.log.kafka.KafkaConfig;
import io.grpc.ManagedChannel;

/** Where a node's state comes from. */
enum Source {
    /** The stream of a control plane, which relays to as many nodes as it can serve. */
    STREAM {
        @Override
        ChangeSource open(String node, ManagedChannel channel, AgentConfig config) {
            return new StreamChangeSource(node, channel);
        }
    },
    /** The brokers; no control plane is needed for the state then. */
    KAFKA {
        @Override
        ChangeSource open(String node, ManagedChannel channel, AgentConfig config) {
            return new KafkaChangeSource(kafka(config));
        }
    };

    /** The caller starts it and closes it. Throws IllegalArgumentException with what is missing. */
    abstract ChangeSource open(String node, ManagedChannel channel, AgentConfig config);

    private static KafkaConfig kafka(AgentConfig config) {
        KafkaConfig defaults =
                KafkaConfig.of(
                        config.cluster(),
                        config.kafka()
                                .orElseThrow(
                                        () ->
                                                new IllegalArgumentException(
                                                        "the source kafka needs brokers: set"
                                                                + " weir.agent.kafka to"
                                                                + " HOST:PORT,...")));
        return new KafkaConfig(
                defaults.cluster(),
                defaults.bootstrap(),
                config.kafkaClient(),
                defaults.replicas(),
                defaults.minCompactionLag(),
                defaults.tombstones(),
                defaults.session(),
                defaults.transaction(),
                defaults.request(),
                defaults.maxMessage(),
                defaults.adopt());
    }
}
