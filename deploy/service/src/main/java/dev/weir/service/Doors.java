package dev.weir.service;

import dev.weir.client.Connection;
import dev.weir.client.ServerAddress;
import dev.weir.client.Servers;
import dev.weir.log.kafka.KafkaFollower;
import dev.weir.model.Shards;
import dev.weir.server.seat.Door;
import dev.weir.server.seat.Line;
import dev.weir.server.seat.Seat;
import dev.weir.server.seat.Way;
import io.grpc.BindableService;
import io.grpc.ServiceDescriptor;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The ways from this process to the writers of the shards that it follows. */
final class Doors implements AutoCloseable {
    private final Map<String, Way> ways = new TreeMap<>();
    private final Role role;

    Doors(Place place, Collection<Seat> seats, Collection<KafkaFollower> followers) {
        this.role = place.role();
        for (KafkaFollower follower : followers) {
            ways.put(
                    follower.shard(),
                    Way.to(
                            follower.shard(),
                            place.address(),
                            seats.stream()
                                    .filter(seat -> seat.shard().equals(follower.shard()))
                                    .findFirst(),
                            follower::writer,
                            Doors::connect,
                            place.takeoverWait()));
        }
    }

    private static Line connect(String address) {
        Connection connection = Connection.open(Servers.of(ServerAddress.parse(address)));
        return new Line(connection.channel(), connection::close);
    }

    /** Leads to whoever owns the service; by the control plane, who knows all, if it has to be. */
    BindableService to(ServiceDescriptor service) {
        String shard = Role.shardOf(service);
        return role.follows().contains(shard)
                ? new Door(service, way(shard))
                : Door.asking(service, shard, way(Shards.CONTROL));
    }

    private Way way(String shard) {
        return Objects.requireNonNull(ways.get(shard), shard);
    }

    @Override
    public void close() {
        ways.values().forEach(Way::close);
    }
}
