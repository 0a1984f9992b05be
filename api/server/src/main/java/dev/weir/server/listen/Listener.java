package dev.weir.server.listen;

import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Knows where to listen, and ends a process that does not: Quarkus would log why, and stay without
 * its gRPC server.
 */
@Singleton
final class Listener {
    private static final Logger LOG = Logger.getLogger(Listener.class);

    private final ListenAddress address;

    Listener(ListenConfig config) {
        this.address = ListenAddress.parse(config.address(), config.insecureTcp());
    }

    ListenAddress address() {
        return address;
    }

    void check(@Observes StartupEvent started, GrpcHealthStorage health) {
        // Quarkus tells the health of every service once the server listens, before it fires the
        // event.
        if (health.getStatuses().keySet().equals(Set.of(GrpcHealthStorage.DEFAULT_SERVICE_NAME))) {
            LOG.errorf("Cannot serve on %s; stopping", address);
            Quarkus.asyncExit(1);
        }
    }
}
