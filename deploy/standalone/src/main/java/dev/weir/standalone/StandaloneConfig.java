package dev.weir.standalone;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The cluster's settings: {@code weir.*}, as system properties or {@code WEIR_*} in the
 * environment.
 */
@ConfigMapping(prefix = "weir")
public interface StandaloneConfig {
    /** The directory that holds the state; the logs are in {@code log} below it. */
    @WithDefault("${user.home}/.weir")
    Path data();

    /** The domain of cluster names. */
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
}
