package dev.weir.server.listen;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Knows where to listen, and ends a process that does not: Quarkus would log why, and stay without
 * its gRPC server.
 */
@Singleton
final class Listener {
    private static final Logger LOG = Logger.getLogger(Listener.class);

    private final ListenAddress address;
    private volatile boolean listening;

    Listener(ListenConfig config) {
        this.address = ListenAddress.parse(config.address(), config.insecureTcp());
    }

    ListenAddress address() {
        return address;
    }

    /** The server listens. */
    void listening() {
        listening = true;
    }

    /** Quarkus fires the event when the server listens, or has failed to. */
    void check(@Observes StartupEvent started) {
        if (!listening) {
            LOG.errorf("Cannot serve on %s; stopping", address);
            Quarkus.asyncExit(1);
        }
    }
}
