package dev.weir.control;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings that every process of a cluster has to have alike: {@code weir.*}, whichever program
 * reads them.
 */
public interface ClusterConfig {
    /**
     * The cluster's name, as events and the names of topics have it: lower-case letters, digits and
     * dashes, at most 63.
     */
    @WithDefault("weir")
    String cluster();

    /** The domain of cluster names; at most 59 octets. */
    @WithDefault("cluster.local")
    String clusterDomain();

    /**
     * Ranges of pod addresses, at most one per family. Blocks that were cut from another range
     * stay.
     */
    @WithDefault("10.244.0.0/16,fd00:10:244::/56")
    List<String> podCidrs();

    /**
     * Ranges of cluster IPs, at most one per family; the first is the default family. At most 2^20
     * addresses each.
     */
    @WithDefault("10.96.0.0/12,fd00:10:96::/112")
    List<String> serviceCidrs();

    /**
     * The numbers that node ports are given from, {@code FROM-TO}. Ports that were given from
     * another range stay.
     */
    @WithDefault("30000-32767")
    String serviceNodePortRange();

    /**
     * Ranges that externalIPs of Services have to be in to be programmed. None by default: whoever
     * may write Services could capture any address (CVE-2020-8554).
     */
    Optional<List<String>> externalIpRanges();

    /** How many endpoints go into one EndpointSlice at most, 1 to 1000. */
    @WithDefault("100")
    int maxEndpointsPerSlice();

    /** How often an agent reports when nothing changes. */
    @WithDefault("PT1S")
    Duration reportInterval();

    /** After this long without a report a node counts as unreachable. */
    @WithDefault("PT5S")
    Duration nodeSilence();

    /**
     * Addresses of this host, at most one per family, at which nodes and pods reach the DNS
     * service: it answers on port 53 there, and is the endpoint of kube-dns after the nodes' own.
     * None by default.
     */
    Optional<List<String>> dnsListen();

    /**
     * The key that the log of Secrets is sealed with: a file of 32 bytes that only its owner may
     * read, made if it is not there. By default {@code secret.key} beside the state; whoever has no
     * state of his own, a service on Kafka, has to name one.
     */
    Optional<Path> secretKeyFile();
}
