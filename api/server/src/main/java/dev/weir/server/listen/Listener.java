package dev.weir.server.listen;

import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
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

    Listener(ListenConfig config) {
        this.address = ListenAddress.parse(config.address(), config.insecureTcp());
    }

    ListenAddress address() {
        return address;
    }

    void check(@Observes StartupEvent started, GrpcHealthStorage health) {
        // Quarkus says SERVING once the server listens, before it fires the event.
        var status = health.statusForService(GrpcHealthStorage.DEFAULT_SERVICE_NAME).getStatus();
        if (status != ServingStatus.SERVING) {
            LOG.errorf("Cannot serve on %s; stopping", address);
            Quarkus.asyncExit(1);
        }
    }
}
