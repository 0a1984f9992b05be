package dev.weir.agent.nft;

import dev.weir.agent.linux.Conntrack;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.IpAddress;
import dev.weir.model.Protocol;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** What has to be done about connections that are already there. */
final class Flows {
    private final Conntrack conntrack;

    Flows(Conntrack conntrack) {
        this.conntrack = conntrack;
    }

    /**
     * Ends UDP flows that go where the Service does not lead any more, or that began before it
     * existed: as long as the client sends, their translation would stay. TCP connections end by
     * themselves.
     *
     * @param touched the frontends that changed
     */
    void endMisled(Set<Frontend> touched, ServiceTable services) throws IOException {
        Set<Frontend> udp = new HashSet<>(touched);
        udp.removeIf(frontend -> frontend.protocol() != Protocol.UDP);
        for (Conntrack.Family family : Conntrack.Family.values()) {
            boolean v6 = family == Conntrack.Family.IPV6;
            if (udp.stream().anyMatch(frontend -> frontend.address().v6() == v6)) {
                conntrack.delete(family, flow -> misled(flow, udp, services));
            }
        }
    }

    private static boolean misled(Conntrack.Flow flow, Set<Frontend> udp, ServiceTable services) {
        Conntrack.Tuple to = flow.original();
        if (to.protocol() != Protocol.UDP.number()) {
            return false;
        }
        IpAddress address = IpAddress.of(to.destination().getAddress());
        Clients clients = (flow.mark() & Marks.INSIDE) == 0 ? Clients.ANYBODY : Clients.OWN;
        Frontend frontend = new Frontend(address, Protocol.UDP, to.to(), clients);
        Conntrack.Tuple from = flow.reply();
        Endpoint endpoint = new Endpoint(IpAddress.of(from.source().getAddress()), from.from());
        boolean touched = Stream.of(Clients.values()).map(frontend::of).anyMatch(udp::contains);
        return touched && !services.wants(frontend, endpoint);
    }

    /** Before policy generations are used a second time; see {@link Marks}. */
    void forgetGenerations() throws IOException {
        for (Conntrack.Family family : Conntrack.Family.values()) {
            conntrack.mark(family, flow -> Marks.unjudged(flow.mark()));
        }
    }
}
