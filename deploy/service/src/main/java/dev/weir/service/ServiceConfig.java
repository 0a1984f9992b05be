package dev.weir.service;

import dev.weir.control.ClusterConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/**
 * What this process is, and where its cluster is: {@code weir.*}, as system properties or {@code
 * WEIR_*} in the environment. Further settings of its Kafka clients, e.g. of their security, are
 * {@code kafka.*}.
 */
@ConfigMapping(prefix = "weir")
interface ServiceConfig extends ClusterConfig {
    /** control-plane, endpoint-service, policy-service or dns-service. */
    Role role();

    /**
     * Names this process among those of its role; two that run at a time need two names. By default
     * the role and the name of the host.
     */
    Optional<String> instance();

    /**
     * {@code unix://PATH} or {@code tcp://HOST:PORT}, where the other processes reach this one. By
     * default where it listens.
     */
    @WithDefault("${weir.listen}")
    String advertise();

    Kafka kafka();

    /**
     * How long a call waits for a writer of its shard when there is none, never past its deadline.
     */
    @WithDefault("PT15S")
    Duration takeoverWait();

    /** Where the logs are. */
    interface Kafka {
        /** {@code HOST:PORT,...} of brokers to begin with. */
        String bootstrap();

        /** Of each topic that is made; topics that are there need as many. */
        @WithDefault("1")
        short replicas();

        /** After so long without a sign of life a writer is no longer elected. */
        @WithDefault("PT6S")
        Duration session();

        /** How long a transaction may stay open; at least {@link #request()}. */
        @WithDefault("PT10S")
        Duration transaction();

        /** How long any other call to a broker may take, retries included. */
        @WithDefault("PT5S")
        Duration request();

        /**
         * Go on with topics that were restored or copied from another log. Revisions are those of a
         * new log then, and every reader starts over.
         */
        @WithDefault("false")
        boolean adopt();
    }
}
