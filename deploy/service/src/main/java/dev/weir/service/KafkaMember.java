package dev.weir.service;

import dev.weir.control.AgentsService;
import dev.weir.control.NodeRegistry;
import dev.weir.control.NodeReports;
import dev.weir.core.v1.PodsGrpc;
import dev.weir.events.v1.EventsGrpc;
import dev.weir.log.ShardConfig;
import dev.weir.log.TxLog;
import dev.weir.log.kafka.KafkaElection;
import dev.weir.log.kafka.KafkaFollower;
import dev.weir.log.kafka.KafkaLogStore;
import dev.weir.log.kafka.Opening;
import dev.weir.log.seal.Seal;
import dev.weir.log.seal.SealedTxLog;
import dev.weir.model.Shards;
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

/**
 * A process whose cluster has its logs in Kafka: it follows shards, and has a seat at each that it
 * may write.
 */
final class KafkaMember implements Member {
    private final Place place;
    private final KafkaLogStore logs;
    private final List<KafkaFollower> followers;
    private final List<Chair> chairs;
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
                        .map(shard -> logs.follow(shard, ShardConfig.HISTORY, opening(shard)))
                        .toList();
        String name = InProcessServerBuilder.generateName();
        this.control = InProcessChannelBuilder.forName(name).directExecutor().build();
        Tenures tenures =
                new Tenures(place, followers, registry, reports, control, Clock.systemUTC());
        this.chairs = place.role().writes().stream().map(shard -> chair(shard, tenures)).toList();
        this.doors = new Doors(place, chairs.stream().map(Chair::seat).toList(), followers);
        this.inside = inside(name);
        ShardDirectory replicas =
                new ShardDirectory(
                        followers.stream()
                                .filter(follower -> !follower.shard().equals(Shards.SECRET))
                                .toList());
        this.agents = new AgentsService(new ShardDirectory(followers), registry, reports);
        this.events = new EventsService(replicas, place.kafka().cluster());
    }

    /**
     * Begins to read. Throws LogException with what to do, e.g. when the brokers cannot be reached
     * or a topic is set otherwise than a log needs it.
     */
    static KafkaMember open(Place place, NodeRegistry registry, NodeReports reports) {
        return new KafkaMember(place, KafkaLogStore.open(place.kafka()), registry, reports);
    }

    /** A seat, and whether it is this process' turn to have it. */
    private record Chair(Seat seat, KafkaElection election) {
        Post post() {
            return new Post(seat.shard(), seat.state(), election.trouble());
        }
    }

    private Chair chair(String shard, Tenures tenures) {
        KafkaElection election = logs.elect(shard, place.instance());
        return new Chair(
                new Seat(
                        shard,
                        election,
                        () -> log(shard, election),
                        ShardConfig.of(place.instance()),
                        tenures),
                election);
    }

    private TxLog log(String shard, KafkaElection election) {
        TxLog log = logs.shard(shard, place.address(), election::elected);
        return seal(shard).<TxLog>map(seal -> new SealedTxLog(shard, log, seal)).orElse(log);
    }

    private Opening opening(String shard) {
        return seal(shard).<Opening>map(seal -> seal::open).orElse(Opening.PLAIN);
    }

    private Optional<Seal> seal(String shard) {
        return shard.equals(Shards.SECRET) ? place.seal() : Optional.empty();
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
        chairs.forEach(chair -> chair.seat().start());
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
        return Standing.of(logs.logId(), chairs.stream().map(Chair::post).toList(), readings());
    }

    @Override
    public void close() {
        atOnce(chairs.stream().<Runnable>map(chair -> chair.seat()::close).toList());
        doors.close();
        control.shutdownNow();
        inside.shutdownNow();
        atOnce(followers.stream().<Runnable>map(follower -> follower::close).toList());
        logs.close();
    }

    /** Each of these may have to wait. */
    private static void atOnce(List<Runnable> ends) {
        try (var closing = Executors.newVirtualThreadPerTaskExecutor()) {
            ends.forEach(closing::execute);
        }
    }
}
