package dev.weir.server.seat;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.weir.core.v1.PodsGrpc;
import dev.weir.log.Shard;
import dev.weir.log.ShardConfig;
import dev.weir.model.Judgement;
import dev.weir.model.Kinds;
import dev.weir.server.ResourceService;
import dev.weir.server.ShardDirectory;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** One process: a seat at the shard, and doors, at an address. */
final class Instance implements AutoCloseable {
    /** For one call of a client. */
    static final int DEADLINE_SECONDS = 20;

    final String name;
    final String address;
    final Seat seat;
    final Way way;
    final ManagedChannel channel;
    private final Server server;

    /** What opening a tenure throws, if anything. */
    final AtomicReference<Optional<RuntimeException>> fault =
            new AtomicReference<>(Optional.empty());

    Instance(String name, Place place) {
        this.name = name;
        this.address = place.address(name);
        this.seat =
                new Seat(
                        Place.SHARD,
                        place.ballot.candidate(name),
                        () -> place.log(name, address),
                        ShardConfig.of(name),
                        this::open);
        this.way =
                Way.to(
                        Place.SHARD,
                        address,
                        Optional.of(seat),
                        () -> place.claimSeenBy(name),
                        Instance::line,
                        Place.WAIT);
        this.server =
                serve(
                        address,
                        List.of(
                                new Door(PodsGrpc.getServiceDescriptor(), way),
                                new Door(Streams.SERVICE, way)));
        this.channel = InProcessChannelBuilder.forName(address).build();
        seat.start();
    }

    static Server serve(String address, List<? extends BindableService> services) {
        var builder = InProcessServerBuilder.forName(address);
        services.forEach(builder::addService);
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Line line(String address) {
        ManagedChannel channel = InProcessChannelBuilder.forName(address).directExecutor().build();
        return new Line(channel, channel::shutdownNow);
    }

    private Tenure open(Shard shard) {
        fault.get()
                .ifPresent(
                        thrown -> {
                            throw thrown;
                        });
        List<BindableService> services =
                List.of(
                        new ResourceService(
                                PodsGrpc.getServiceDescriptor(),
                                Kinds.POD,
                                shard,
                                new ShardDirectory(List.of(shard)),
                                (pending, old, requested) -> new Judgement.Accepted<>(requested),
                                Clock.systemUTC()),
                        new Streams(name));
        return new Tenure() {
            @Override
            public List<BindableService> services() {
                return services;
            }

            @Override
            public void close() {}
        };
    }

    PodsGrpc.PodsBlockingStub pods() {
        return PodsGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, SECONDS);
    }

    <T> T awaitState(Class<T> type) throws InterruptedException {
        long deadline = System.nanoTime() + SECONDS.toNanos(DEADLINE_SECONDS);
        while (!type.isInstance(seat.state())) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + " is " + seat.state() + ", not " + type);
            }
            Thread.sleep(1);
        }
        return type.cast(seat.state());
    }

    /** Nothing comes here any more, and nothing that is under way is answered. */
    void die() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        seat.close();
        way.close();
    }
}
