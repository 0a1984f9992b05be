package dev.weir.agent.edge;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.HealthCheck;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.MapDelta;
import dev.weir.model.IpAddress;
import dev.weir.model.Shards;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Tells load balancers, at the health-check node ports, whether this node has endpoints of a
 * Service: 200 if it has and the agent is healthy, else 503, at any path. Behind the planes that
 * carry traffic: it promises an endpoint after it is programmed, and takes that back before.
 *
 * @see <a href="https://kubernetes.io/docs/reference/networking/virtual-ips/">Virtual IPs and
 *     Service Proxies</a>
 */
public final class HealthPlane implements DataPlane {
    /** Connections at the same time, of all ports together; each lasts for one request. */
    static final int CONNECTIONS = 256;

    private final List<IpAddress> addresses;
    private final BooleanSupplier healthy;
    private final Listeners listeners;
    private PMap<Integer, HealthCheck> wanted = HashTreePMap.empty();

    /** What is answered; read by the threads that answer. */
    private volatile PMap<Integer, HealthCheck> answered = HashTreePMap.empty();

    /**
     * @param addresses the node's, to answer at
     * @param healthy whether the agent is; asked by many threads
     */
    public HealthPlane(List<IpAddress> addresses, BooleanSupplier healthy) {
        this(addresses, healthy, Thread.ofVirtual().name("health-check").factory());
    }

    HealthPlane(List<IpAddress> addresses, BooleanSupplier healthy, ThreadFactory threads) {
        this.addresses = List.copyOf(addresses);
        this.healthy = healthy;
        this.listeners =
                new Listeners(
                        CONNECTIONS,
                        threads,
                        connection -> Http.serve(connection, path -> answer(connection)));
    }

    @Override
    public String name() {
        return "health";
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL, Shards.ENDPOINT);
    }

    /** Counts that shrink are told before the endpoints go. */
    @Override
    public void withdraw(NodeImage next) {
        PMap<Integer, HealthCheck> less = answered;
        if (next.healthChecks() == less) {
            return;
        }
        for (var entry : answered.entrySet()) {
            HealthCheck now = entry.getValue();
            HealthCheck then = next.healthChecks().get(entry.getKey());
            int left =
                    then == null || !then.service().equals(now.service())
                            ? 0
                            : then.localEndpoints();
            if (left < now.localEndpoints()) {
                less = less.plus(entry.getKey(), new HealthCheck(now.service(), left));
            }
        }
        answered = less;
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta ignored) {
        answered = image.healthChecks();
        MapDelta<Integer, HealthCheck> change = MapDelta.between(wanted, image.healthChecks());
        change.removes().forEach(port -> at(port).forEach(listeners::leave));
        change.puts()
                .forEach(
                        (port, check) ->
                                at(port).forEach(at -> listeners.want(at, check.service())));
        wanted = image.healthChecks();
        return new Outcome(listeners.apply());
    }

    private Stream<InetSocketAddress> at(int port) {
        return addresses.stream()
                .map(address -> new InetSocketAddress(address.toInetAddress(), port));
    }

    private Http.Answer answer(Socket connection) {
        HealthCheck check = answered.get(connection.getLocalPort());
        if (check == null) {
            return Http.Answer.of(404);
        }
        boolean agent = healthy.getAsBoolean();
        int local = check.localEndpoints();
        return new Http.Answer(
                agent && local > 0 ? 200 : 503,
                Map.of("X-Load-Balancing-Endpoint-Weight", String.valueOf(local)),
                """
                {"service":{"namespace":"%s","name":"%s"},"localEndpoints":%d,"serviceProxyHealthy":%b}\
                """
                        .formatted(
                                check.service().namespace(), check.service().name(), local, agent));
    }

    @Override
    public List<Drift> verify() {
        return List.of();
    }

    @Override
    public Outcome repair() {
        return new Outcome(listeners.apply());
    }

    @Override
    public void close() {
        listeners.close();
    }
}
