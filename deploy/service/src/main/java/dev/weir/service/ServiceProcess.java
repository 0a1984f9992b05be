package dev.weir.service;

import dev.weir.control.ReportChannel;
import io.grpc.ServiceDescriptor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The process from its start to its end: listens at once, joins its cluster in the background, and
 * opens its gates when it has read everything that it follows.
 */
@Singleton
final class ServiceProcess {
    private static final Logger LOG = Logger.getLogger(ServiceProcess.class);

    /** How often gRPC health is brought up to date. */
    private static final Duration STEP = Duration.ofMillis(100);

    /** How long it may take to leave the cluster. */
    private static final Duration LEAVE = Duration.ofSeconds(10);

    private final Place place;
    private final ServingHealth health;
    private final List<Gate> gates = new ArrayList<>();
    private final Joining joining;
    private final Thread watch = Thread.ofVirtual().name("weir-health").unstarted(this::watch);

    /**
     * @param client all that is set as {@code kafka.*}
     */
    ServiceProcess(
            ServiceConfig config,
            @Identifier("default-kafka-broker") Map<String, Object> client,
            ServingHealth health,
            Reports reports,
            ReportChannel channel) {
        this.health = health;
        this.place =
                Place.of(
                        config,
                        client.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                Map.Entry::getKey,
                                                entry -> String.valueOf(entry.getValue()))));
        this.joining =
                new Joining(
                        "Kafka at " + place.kafka().bootstrap(),
                        () -> KafkaMember.open(place, reports.registry(), channel),
                        this::open);
    }

    /** Called while the server is made, before it listens. */
    Gate gate(ServiceDescriptor service) {
        Gate gate =
                new Gate(
                        service,
                        () ->
                                "the %s does not serve: %s"
                                        .formatted(place.role(), standing().words()));
        gates.add(gate);
        return gate;
    }

    private void open(Member member) {
        gates.forEach(gate -> gate.open(member.service(gate.service())));
    }

    Standing standing() {
        return joining.standing();
    }

    void start(@Observes StartupEvent started) {
        tell(standing());
        watch.start();
        joining.start();
    }

    private void watch() {
        try {
            Standing told = standing();
            while (true) {
                Standing now = standing();
                if (now.ready() != told.ready() || !now.words().equals(told.words())) {
                    tell(now);
                    told = now;
                }
                Thread.sleep(STEP);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Standing standing) {
        LOG.info(standing.words());
        health.tell(
                standing.ready(), gates.stream().map(gate -> gate.service().getName()).toList());
    }

    /** Leaves the cluster, so that others take over at once; not for longer than the bound. */
    void stop(@Observes ShutdownEvent stopping) throws InterruptedException {
        watch.interrupt();
        tell(Standing.waiting("stopping"));
        Thread leaving = Thread.ofPlatform().daemon().name("weir-leave").start(joining::close);
        if (!leaving.join(LEAVE)) {
            LOG.warnf("Has not left its cluster after %s; ends all the same", LEAVE);
        }
    }
}
