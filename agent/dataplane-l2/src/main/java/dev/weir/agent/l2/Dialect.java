package dev.weir.agent.l2;

import dev.weir.agent.linux.PacketSocket.Protocol;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Optional;

/** How a family says it on the link. Pure. */
interface Dialect {
    static Dialect of(Link link) {
        return link.address().v6() ? new NeighborDiscovery(link) : new Arp(link);
    }

    Protocol protocol();

    /** Empty for what is of no interest, and for what is not meant for this node. */
    Optional<Event> understand(byte[] frame);

    List<byte[]> say(Say what);

    /**
     * The multicast group that has to be joined to be asked for the address; none if it is heard
     * anyhow.
     */
    Optional<IpAddress> group(IpAddress address);
}
