package dev.weir.service;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** {@code /q/health/ready}: UP once calls are carried out, with how the process stands as data. */
@org.eclipse.microprofile.health.Readiness
@Singleton
final class Readiness implements HealthCheck {
    private final ServiceProcess process;

    Readiness(ServiceProcess process) {
        this.process = process;
    }

    @Override
    public HealthCheckResponse call() {
        Standing standing = process.standing();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("weir").status(standing.ready());
        response.withData("state", standing.words());
        standing.details().forEach(response::withData);
        return response.build();
    }
}
