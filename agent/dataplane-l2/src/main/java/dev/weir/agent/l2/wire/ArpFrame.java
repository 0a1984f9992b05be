package dev.weir.agent.l2.wire;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An ARP packet for IPv4 in its Ethernet frame (RFC 826), which comes from the sender's MAC.
 *
 * @param to the frame's destination
 * @param sender 0.0.0.0 in a probe (RFC 5227)
 * @param holdings of a heartbeat: follow the packet, where ARP has no more use for what is there
 */
public record ArpFrame(
        Mac to,
        Operation operation,
        Mac senderMac,
        IpAddress sender,
        Mac targetMac,
        IpAddress target,
        Optional<Holdings> holdings) {
    private static final int ETHER_TYPE = 0x0806;
    private static final int HARDWARE_ETHERNET = 1;
    private static final int PROTOCOL_IPV4 = 0x0800;

    /** Hardware address of 6 bytes, protocol address of 4. */
    private static final int LENGTHS = 0x0604;

    private static final int LENGTH = 42;

    /** Addresses that one frame tells; with them it is below 1280 bytes. */
    private static final int MOST_HOLDINGS = 300;

    /** The least that Ethernet carries. */
    private static final int PADDED = 60;

    /** In the order of their numbers, from 1. */
    public enum Operation {
        REQUEST,
        REPLY
    }

    public ArpFrame {
        if (sender.v6() || target.v6()) {
            throw new IllegalArgumentException("ARP is for IPv4: " + sender + ", " + target);
        }
    }

    /** One that says nothing of what its sender owns. */
    public ArpFrame(
            Mac to,
            Operation operation,
            Mac senderMac,
            IpAddress sender,
            Mac targetMac,
            IpAddress target) {
        this(to, operation, senderMac, sender, targetMac, target, Optional.empty());
    }

    /** Announces the node's own address, and says what it owns. */
    public static List<ArpFrame> heartbeat(Mac mac, IpAddress node, Set<IpAddress> owned) {
        return Holdings.split(owned, MOST_HOLDINGS).stream()
                .map(
                        holdings ->
                                new ArpFrame(
                                        Mac.BROADCAST,
                                        Operation.REQUEST,
                                        mac,
                                        node,
                                        Mac.NONE,
                                        node,
                                        Optional.of(holdings)))
                .toList();
    }

    /** Says to everybody that the address is at this MAC (RFC 5227 section 3). */
    public static ArpFrame announcement(Mac mac, IpAddress address) {
        return new ArpFrame(Mac.BROADCAST, Operation.REQUEST, mac, address, Mac.NONE, address);
    }

    /** The same as a reply that nobody asked for: some take only those. */
    public static ArpFrame unasked(Mac mac, IpAddress address) {
        return new ArpFrame(Mac.BROADCAST, Operation.REPLY, mac, address, Mac.BROADCAST, address);
    }

    public boolean isAnnouncement() {
        return operation == Operation.REQUEST && sender.equals(target);
    }

    public byte[] bytes() {
        int tail = holdings.map(held -> held.bytes(false)).orElse(0);
        ByteBuffer out = ByteBuffer.allocate(Math.max(PADDED, LENGTH + tail));
        to.write(out);
        senderMac.write(out);
        out.putShort((short) ETHER_TYPE);
        out.putShort((short) HARDWARE_ETHERNET).putShort((short) PROTOCOL_IPV4);
        out.putShort((short) LENGTHS).putShort((short) (operation.ordinal() + 1));
        senderMac.write(out);
        out.put(sender.bytes());
        targetMac.write(out);
        out.put(target.bytes());
        holdings.ifPresent(held -> held.write(out));
        return out.array();
    }

    /** Empty for what is none of it. */
    public static Optional<ArpFrame> parse(byte[] frame) {
        if (frame.length < LENGTH) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(frame);
        Mac to = Mac.read(in);
        Mac.read(in);
        boolean known =
                in.getShort() == (short) ETHER_TYPE
                        && in.getShort() == HARDWARE_ETHERNET
                        && in.getShort() == PROTOCOL_IPV4
                        && in.getShort() == LENGTHS;
        int operation = in.getShort() - 1;
        if (!known || operation < 0 || operation >= Operation.values().length) {
            return Optional.empty();
        }
        Mac senderMac = Mac.read(in);
        IpAddress sender = address(in);
        Mac targetMac = Mac.read(in);
        return Optional.of(
                new ArpFrame(
                        to,
                        Operation.values()[operation],
                        senderMac,
                        sender,
                        targetMac,
                        address(in),
                        Holdings.read(in, false)));
    }

    private static IpAddress address(ByteBuffer in) {
        byte[] bytes = Arrays.copyOfRange(in.array(), in.position(), in.position() + 4);
        in.position(in.position() + 4);
        return IpAddress.of(bytes);
    }
}
