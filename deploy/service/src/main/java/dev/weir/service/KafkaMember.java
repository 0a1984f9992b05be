package dev.weir.service;

import dev.weir.control.AgentsService;
import dev.weir.control.NodeRegistry;
import dev.weir.control.NodeReports;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.log.ShardConfig;
import dev.weir.log.kafka.KafkaElection;
import dev.weir.log.kafka.KafkaFollower;
import dev.weir.log.kafka.KafkaLogStore;
import dev.weir.node.v1.AgentsGrpc;
import dev.weir.server.ShardDirectory;
import dev.weir.server.events.EventsService;
import dev.weir.server.seat.Seat;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServiceDescriptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/** A process whose cluster has its logs in Kafka: it follows shards, and has a seat at one. */
final class KafkaMember implements Member {
    private final Place place;
    private final KafkaLogStore logs;
    private final List<KafkaFollower> followers;
    private final KafkaElection election;
    private final Seat seat;
    private final Doors doors;
    private final Server inside;
    private final ManagedChannel control;
    private final AgentsService agents;
    private final EventsService events;

    private KafkaMember(
            Place place, KafkaLogStore logs, NodeRegistry registry, NodeReports reports) {
        this.place = place;
        this.logs = logs;
        this.followers =
                place.role().follows().stream()
                        .map(shard -> logs.follow(shard, ShardConfig.HISTORY))
                        .toList();
        String shard = place.role().shard();
        this.election = logs.elect(shard, place.instance());
        String name = InProcessServerBuilder.generateName();
        this.control = InProcessChannelBuilder.forName(name).directExecutor().build();
        this.seat =
                new Seat(
                        shard,
                        election,
                        () -> logs.shard(shard, place.address(), election::elected),
                        ShardConfig.of(place.instance()),
                        new Tenures(
                                place, followers, registry, reports, control, Clock.systemUTC()));
        this.doors = new Doors(place, seat, followers);
        this.inside = inside(name);
        ShardDirectory replicas = new ShardDirectory(followers);
        this.agents = new AgentsService(replicas, registry, reports);
        this.events = new EventsService(replicas, place.kafka().cluster());
    }

    /**
     * Begins to read. Throws LogException with what to do, e.g. when the brokers cannot be reached
     * or a topic is set otherwise than a log needs it.
     */
    static KafkaMember open(Place place, NodeRegistry registry, NodeReports reports) {
        return new KafkaMember(place, KafkaLogStore.open(place.kafka()), registry, reports);
    }

    /** What this process itself asks of the control plane goes by the same door as any call. */
    private Server inside(String name) {
        try {
            return InProcessServerBuilder.forName(name)
                    .directExecutor()
                    .addService(doors.to(PodsGrpc.getServiceDescriptor()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<String> missing() {
        return readings().stream().flatMap(reading -> reading.missing().stream()).findFirst();
    }

    private List<Reading> readings() {
        return followers.stream().map(Reading::of).toList();
    }

    @Override
    public void begin() {
        seat.start();
    }

    @Override
    public BindableService service(ServiceDescriptor service) {
        BindableService door = doors.to(service);
        if (place.role() != Role.CONTROL_PLANE) {
            return door;
        }
        return switch (service.getName()) {
            case AgentsGrpc.SERVICE_NAME -> agents.with(door);
            case EventsGrpc.SERVICE_NAME -> events;
            default -> door;
        };
    }

    @Override
    public Standing standing() {
        return Standing.of(
                logs.logId(), place.role().shard(), seat.state(), election.trouble(), readings());
    }

    @Override
    public void close() {
        seat.close();
        doors.close();
        control.shutdownNow();
        inside.shutdownNow();
        try (var closing = Executors.newVirtualThreadPerTaskExecutor()) {
            followers.forEach(follower -> closing.execute(follower::close));
        }
        logs.close();
    }
}
