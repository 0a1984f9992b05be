package dev.weir.agent.edge;

import dev.weir.agent.spi.DataPlane;
import dev.weir.agent.spi.Drift;
import dev.weir.agent.spi.NodeDelta;
import dev.weir.agent.spi.NodeImage;
import dev.weir.agent.spi.Outcome;
import dev.weir.changes.Image;
import dev.weir.changes.MapDelta;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Protocol;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.pcollections.HashTreePMap;

/**
 * TCP node ports at 127.0.0.1 and ::1, which the kernel cannot translate without opening the
 * loopback addresses to the network: what connects there is led to the same port of the node's own
 * address of that family, from where the other planes lead it on. Endpoints see the node's address.
 * Connections end with the agent.
 */
public final class LocalhostPlane implements DataPlane {
    /** At the same time, of all ports together; more are closed at once. */
    static final int CONNECTIONS = 1024;

    private static final IpAddress LOOPBACK4 = IpAddress.of("127.0.0.1");
    private static final IpAddress LOOPBACK6 = IpAddress.of("::1");

    private final List<IpAddress> addresses;
    private final ThreadFactory threads;
    private final Listeners listeners;
    private Map<Frontend, Backends> seen = HashTreePMap.empty();

    /** Whether the next delta begins with what was seen last. */
    private boolean inStep;

    /**
     * @param addresses the node's, one per family
     */
    public LocalhostPlane(List<IpAddress> addresses) {
        this(addresses, Thread.ofVirtual().name("localhost-node-port").factory());
    }

    LocalhostPlane(List<IpAddress> addresses, ThreadFactory threads) {
        this.addresses = List.copyOf(addresses);
        this.threads = threads;
        this.listeners = new Listeners(CONNECTIONS, threads, this::relay);
    }

    @Override
    public String name() {
        return "localhost";
    }

    @Override
    public Set<String> shards() {
        return Set.of(Shards.CONTROL, Shards.ENDPOINT);
    }

    @Override
    public Outcome apply(NodeImage image, NodeDelta delta) {
        MapDelta<Frontend, Backends> change =
                inStep ? delta.services() : MapDelta.between(seen, image.services());
        inStep = false;
        change.removes().stream()
                .filter(this::isHere)
                .map(LocalhostPlane::at)
                .forEach(listeners::leave);
        change.puts()
                .forEach(
                        (frontend, backends) -> {
                            if (!isHere(frontend)) {
                                return;
                            }
                            if (isNodePort(frontend.port(), backends.service(), image)) {
                                listeners.want(at(frontend), backends.service());
                            } else {
                                listeners.leave(at(frontend));
                            }
                        });
        seen = image.services();
        Map<Key, String> problems = listeners.apply();
        inStep = problems.isEmpty();
        return new Outcome(problems);
    }

    private boolean isHere(Frontend frontend) {
        return frontend.protocol() == Protocol.TCP
                && frontend.clients() == Clients.ANYBODY
                && addresses.contains(frontend.address());
    }

    /** A Service may also have an external address that is the node's. */
    private static boolean isNodePort(int port, Key service, NodeImage image) {
        return image
                .shards()
                .getOrDefault(Shards.ENDPOINT, Image.empty(Shards.ENDPOINT))
                .find(Service.class, service)
                .stream()
                .flatMap(found -> found.getSpec().getPortsList().stream())
                .anyMatch(declared -> declared.getNodePort() == port);
    }

    private static InetSocketAddress at(Frontend frontend) {
        IpAddress loopback = frontend.address().v6() ? LOOPBACK6 : LOOPBACK4;
        return new InetSocketAddress(loopback.toInetAddress(), frontend.port());
    }

    private void relay(Socket client) throws IOException {
        boolean v6 = IpAddress.of(client.getLocalAddress().getAddress()).v6();
        for (IpAddress own : addresses) {
            if (own.v6() == v6) {
                Relay.run(
                        client,
                        new InetSocketAddress(own.toInetAddress(), client.getLocalPort()),
                        threads);
            }
        }
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
