package dev.weir.server.listen;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;

/** Where to listen. */
@ConfigMapping(prefix = "weir")
interface ListenConfig {
    /** The directory that holds the state of this installation; {@code $WEIR_DATA} sets it. */
    @WithDefault("${user.home}/.weir")
    String data();

    /** {@code unix://PATH}, or {@code tcp://HOST:PORT}, which needs {@link #insecureTcp()}. */
    @WithName("listen")
    @WithDefault("unix://${weir.data}/weir.sock")
    String address();

    /**
     * Allows {@code tcp://}. Whoever reaches that port may read and write everything: there is
     * neither encryption nor authentication.
     */
    @WithDefault("false")
    boolean insecureTcp();
}
