package dev.weir.service;

import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.quarkus.grpc.runtime.health.GrpcHealthStorage;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Collection;

/**
 * gRPC health that is SERVING when the process serves. Quarkus says so as soon as its server
 * listens, which does not count here.
 */
@Alternative
@Priority(1)
@Singleton
class ServingHealth extends GrpcHealthStorage {
    private volatile boolean serving;

    @Override
    public void setStatus(String service, ServingStatus status) {
        super.setStatus(service, serving ? status : ServingStatus.NOT_SERVING);
    }

    /** Of the process as a whole, and of these services of it. */
    void tell(boolean serves, Collection<String> services) {
        serving = serves;
        setStatus(DEFAULT_SERVICE_NAME, ServingStatus.SERVING);
        services.forEach(service -> setStatus(service, ServingStatus.SERVING));
    }
}
