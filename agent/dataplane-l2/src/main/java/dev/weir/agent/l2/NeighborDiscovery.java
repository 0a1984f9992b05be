package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.NeighborFrame;
import dev.weir.agent.l2.wire.NeighborFrame.Type;
import dev.weir.agent.linux.PacketSocket.Protocol;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Optional;

/** IPv6. A heartbeat is an advertisement of the node's own address that nobody asked for. */
record NeighborDiscovery(Link link) implements Dialect {

    @Override
    public Protocol protocol() {
        return Protocol.NEIGHBOR_DISCOVERY;
    }

    @Override
    public Optional<Event> understand(byte[] frame) {
        return NeighborFrame.parse(frame)
                .filter(message -> link.mac().takes(message.to()))
                .flatMap(NeighborDiscovery::understand);
    }

    private static Optional<Event> understand(NeighborFrame message) {
        return switch (message.type()) {
            case SOLICITATION ->
                    Optional.of(
                            new Event.Asked(
                                    message.target(),
                                    new Asker(
                                            message.link().orElse(message.from()),
                                            message.source())));
            case ADVERTISEMENT ->
                    message.source().equals(message.target()) && !message.solicited()
                            ? Optional.of(new Event.Heard(message.target(), message.holdings()))
                            : Optional.empty();
        };
    }

    @Override
    public List<byte[]> say(Say what) {
        return switch (what) {
            case Say.Alive(var owned) ->
                    NeighborFrame.heartbeat(link.mac(), link.address(), owned).stream()
                            .map(NeighborFrame::bytes)
                            .toList();
            case Say.Claim(var address) -> List.of(announcement(address).bytes());
            // Nobody can be told at no address: everybody is (RFC 4861 section 7.2.4).
            case Say.Answer(var address, var to) ->
                    List.of(
                            (to.address().equals(NeighborFrame.UNSPECIFIED)
                                            ? announcement(address)
                                            : answer(address, to))
                                    .bytes());
        };
    }

    private NeighborFrame announcement(IpAddress address) {
        return NeighborFrame.announcement(link.mac(), link.address(), address);
    }

    private NeighborFrame answer(IpAddress address, Asker to) {
        return new NeighborFrame(
                to.mac(),
                link.mac(),
                link.address(),
                to.address(),
                Type.ADVERTISEMENT,
                true,
                address,
                Optional.of(link.mac()));
    }

    @Override
    public Optional<IpAddress> group(IpAddress address) {
        return Optional.of(NeighborFrame.solicitedNode(address));
    }
}
