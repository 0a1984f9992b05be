package dev.weir.service.events;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/**
 * {@code /q/health/well}: DOWN once events are no longer written. The service itself is as ready as
 * ever, and starting it again would not help.
 */
@Wellness
@Singleton
final class EventsHealth implements HealthCheck {
    private final EventPublisher publisher;

    EventsHealth(EventPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("events").status(publisher.trouble().isEmpty());
        publisher.trouble().ifPresent(trouble -> response.withData("trouble", trouble));
        return response.build();
    }
}
