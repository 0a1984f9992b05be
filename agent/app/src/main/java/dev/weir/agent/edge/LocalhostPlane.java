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
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import org.pcollections.HashTreePMap;

/**
 * TCP and UDP node ports at 127.0.0.1 and ::1, which the kernel cannot translate without opening
 * the loopback addresses to the network: what comes there is led to the same port of the node's own
 * address of that family, from where the other planes lead it on. Endpoints see the node's address.
 * Connections end with the agent, UDP also with its port.
 */
public final class LocalhostPlane implements DataPlane {
    /** At the same time, of all ports together; more are closed at once. */
    static final int CONNECTIONS = 1024;

    /** The same of UDP: clients that something came from or went to lately; others get nothing. */
    static final int FLOWS = 1024;

    private static final IpAddress LOOPBACK4 = IpAddress.of("127.0.0.1");
    private static final IpAddress LOOPBACK6 = IpAddress.of("::1");

    private final List<IpAddress> addresses;
    private final ThreadFactory threads;
    private final Listeners listeners;
    private final DatagramRelay datagrams;
    private final Listeners udp;
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
        this.datagrams = new DatagramRelay(FLOWS, threads);
        this.udp = new Listeners(at -> datagrams.open(at, own(at)));
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
                .forEach(frontend -> of(frontend).leave(at(frontend)));
        change.puts()
                .forEach(
                        (frontend, backends) -> {
                            if (!isHere(frontend)) {
                                return;
                            }
                            if (isNodePort(frontend, backends.service(), image)) {
                                of(frontend).want(at(frontend), backends.service());
                            } else {
                                of(frontend).leave(at(frontend));
                            }
                        });
        seen = image.services();
        Outcome outcome = repair();
        inStep = outcome.problems().isEmpty();
        return outcome;
    }

    private Listeners of(Frontend frontend) {
        return frontend.protocol() == Protocol.UDP ? udp : listeners;
    }

    private boolean isHere(Frontend frontend) {
        return frontend.protocol() != Protocol.SCTP
                && frontend.clients() == Clients.ANYBODY
                && addresses.contains(frontend.address());
    }

    /** A Service may also have an external address that is the node's. */
    private static boolean isNodePort(Frontend frontend, Key service, NodeImage image) {
        return image
                .shards()
                .getOrDefault(Shards.ENDPOINT, Image.empty(Shards.ENDPOINT))
                .find(Service.class, service)
                .stream()
                .flatMap(found -> found.getSpec().getPortsList().stream())
                .anyMatch(
                        declared ->
                                declared.getNodePort() == frontend.port()
                                        && declared.getProtocol().equals("UDP")
                                                == (frontend.protocol() == Protocol.UDP));
    }

    private static InetSocketAddress at(Frontend frontend) {
        IpAddress loopback = frontend.address().v6() ? LOOPBACK6 : LOOPBACK4;
        return new InetSocketAddress(loopback.toInetAddress(), frontend.port());
    }

    /** Where the other planes lead on what comes to a port of a loopback address. */
    private InetSocketAddress own(InetSocketAddress at) {
        boolean v6 = IpAddress.of(at.getAddress().getAddress()).v6();
        return addresses.stream()
                .filter(own -> own.v6() == v6)
                .map(own -> new InetSocketAddress(own.toInetAddress(), at.getPort()))
                .findFirst()
                .orElseThrow();
    }

    private void relay(Socket client) throws IOException {
        InetSocketAddress at = (InetSocketAddress) client.getLocalSocketAddress();
        Relay.run(client, own(at), threads);
    }

    @Override
    public List<Drift> verify() {
        return List.of();
    }

    @Override
    public Outcome repair() {
        Map<Key, String> problems = new TreeMap<>(listeners.apply());
        udp.apply().forEach((key, text) -> problems.merge(key, text, (a, b) -> a + "; " + b));
        return new Outcome(problems);
    }

    @Override
    public void close() {
        listeners.close();
        udp.close();
        datagrams.close();
    }
}
