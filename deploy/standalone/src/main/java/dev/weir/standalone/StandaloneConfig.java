package dev.weir.standalone;

import dev.weir.control.ClusterConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/**
 * The cluster's settings, and where it is kept: {@code weir.*}, as system properties or {@code
 * WEIR_*} in the environment.
 */
@ConfigMapping(prefix = "weir")
public interface StandaloneConfig extends ClusterConfig {
    /** The directory that holds the state; the logs are in {@code log} below it. */
    @WithDefault("${user.home}/.weir")
    Path data();
}
