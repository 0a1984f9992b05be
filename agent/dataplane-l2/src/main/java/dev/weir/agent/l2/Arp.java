package dev.weir.agent.l2;

import dev.weir.agent.l2.wire.ArpFrame;
import dev.weir.agent.l2.wire.ArpFrame.Operation;
import dev.weir.agent.linux.PacketSocket.Protocol;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Optional;

/** IPv4. A heartbeat is an announcement of the node's own address (RFC 5227). */
record Arp(Link link) implements Dialect {

    @Override
    public Protocol protocol() {
        return Protocol.ARP;
    }

    @Override
    public Optional<Event> understand(byte[] frame) {
        return ArpFrame.parse(frame)
                .filter(arp -> link.mac().takes(arp.to()))
                .filter(arp -> arp.operation() == Operation.REQUEST)
                .map(
                        arp ->
                                arp.isAnnouncement()
                                        ? new Event.Heard(arp.sender(), arp.holdings())
                                        : new Event.Asked(
                                                arp.target(),
                                                new Asker(arp.senderMac(), arp.sender())));
    }

    @Override
    public List<byte[]> say(Say what) {
        return switch (what) {
            case Say.Alive(var owned) ->
                    ArpFrame.heartbeat(link.mac(), link.address(), owned).stream()
                            .map(ArpFrame::bytes)
                            .toList();
            case Say.Claim(var address) ->
                    List.of(
                            ArpFrame.announcement(link.mac(), address).bytes(),
                            ArpFrame.unasked(link.mac(), address).bytes());
            case Say.Answer(var address, var to) ->
                    List.of(
                            new ArpFrame(
                                            to.mac(),
                                            Operation.REPLY,
                                            link.mac(),
                                            address,
                                            to.mac(),
                                            to.address())
                                    .bytes());
        };
    }

    @Override
    public Optional<IpAddress> group(IpAddress address) {
        return Optional.empty();
    }
}
