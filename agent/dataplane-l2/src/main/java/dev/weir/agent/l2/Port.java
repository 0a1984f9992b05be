package dev.weir.agent.l2;

import dev.weir.agent.linux.MulticastMembership;
import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.PacketSocket;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a link is heard and spoken to through. Owned by one thread. */
final class Port implements AutoCloseable {
    private final NetworkNamespace namespace;
    private final Link link;
    private final Dialect dialect;
    private final PacketSocket socket;
    private final Map<IpAddress, MulticastMembership> groups = new HashMap<>();

    private Port(NetworkNamespace namespace, Link link, Dialect dialect, PacketSocket socket) {
        this.namespace = namespace;
        this.link = link;
        this.dialect = dialect;
        this.socket = socket;
    }

    /**
     * @param wait the longest that {@link #hear} waits
     */
    static Port open(NetworkNamespace namespace, Link link, Duration wait)
            throws IOException, InterruptedException {
        Dialect dialect = Dialect.of(link);
        return new Port(
                namespace,
                link,
                dialect,
                namespace.call(() -> PacketSocket.open(link.index(), dialect.protocol(), wait)));
    }

    /** The next thing of interest; empty when there is none in time. */
    Optional<Event> hear() throws IOException {
        return socket.receive().flatMap(dialect::understand);
    }

    void say(Say what) throws IOException {
        for (byte[] frame : dialect.say(what)) {
            socket.send(frame);
        }
    }

    /** Hears questions for these addresses, and for no others any more. */
    void attend(Set<IpAddress> addresses) throws IOException, InterruptedException {
        Set<IpAddress> wanted = new HashSet<>();
        addresses.forEach(address -> dialect.group(address).ifPresent(wanted::add));
        groups.entrySet()
                .removeIf(
                        entry -> {
                            boolean gone = !wanted.remove(entry.getKey());
                            if (gone) {
                                entry.getValue().close();
                            }
                            return gone;
                        });
        for (IpAddress group : wanted) {
            Inet6Address address = (Inet6Address) group.toInetAddress();
            groups.put(
                    group, namespace.call(() -> MulticastMembership.join(address, link.index())));
        }
    }

    @Override
    public void close() {
        groups.values().forEach(MulticastMembership::close);
        socket.close();
    }
}
