package dev.weir.agent.l2.wire;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A neighbour solicitation or advertisement in its Ethernet frame (RFC 4861 sections 4.3 and 4.4).
 *
 * @param source the unspecified address while somebody checks an address for duplicates
 * @param solicited of an advertisement: that somebody asked
 * @param link in the option: the source's of a solicitation, the target's of an advertisement
 * @param holdings of a heartbeat: in an option for experiments (RFC 4727), which hosts skip
 */
public record NeighborFrame(
        Mac to,
        Mac from,
        IpAddress source,
        IpAddress destination,
        Type type,
        boolean solicited,
        IpAddress target,
        Optional<Mac> link,
        Optional<Holdings> holdings) {
    public static final IpAddress ALL_NODES = IpAddress.of("ff02::1");
    public static final IpAddress UNSPECIFIED = IpAddress.of("::");

    private static final IpAddress SOLICITED_NODE = IpAddress.of("ff02::1:ff00:0");
    private static final int ETHER_TYPE = 0x86dd;
    private static final int ICMPV6 = 58;

    /** Anything less came through a router, so from another link. */
    private static final int HOP_LIMIT = 255;

    private static final int IP = 14;
    private static final int ICMP = IP + 40;
    private static final int OPTIONS = ICMP + 24;
    private static final int OPTION_UNIT = 8;

    /** For experiments (RFC 4727 section 5.1.3). */
    private static final int HOLDINGS_OPTION = 253;

    /** Type and length. */
    private static final int OPTION_HEAD = 2;

    /** Addresses that one frame tells; with them it is below 1280 bytes. */
    private static final int MOST_HOLDINGS = 72;

    private static final int SOLICITED = 1 << 30;

    /** Replaces what is remembered. */
    private static final int OVERRIDE = 1 << 29;

    /** With the number of the option that has a link address. */
    public enum Type {
        SOLICITATION(135, 1),
        ADVERTISEMENT(136, 2);

        private final int number;
        private final int option;

        Type(int number, int option) {
            this.number = number;
            this.option = option;
        }
    }

    /** One that says nothing of what its sender owns. */
    public NeighborFrame(
            Mac to,
            Mac from,
            IpAddress source,
            IpAddress destination,
            Type type,
            boolean solicited,
            IpAddress target,
            Optional<Mac> link) {
        this(to, from, source, destination, type, solicited, target, link, Optional.empty());
    }

    /** Says to everybody where the node is, and what it owns. */
    public static List<NeighborFrame> heartbeat(Mac mac, IpAddress node, Set<IpAddress> owned) {
        return Holdings.split(owned, MOST_HOLDINGS).stream()
                .map(
                        holdings ->
                                new NeighborFrame(
                                        Mac.ofGroup(ALL_NODES),
                                        mac,
                                        node,
                                        ALL_NODES,
                                        Type.ADVERTISEMENT,
                                        false,
                                        node,
                                        Optional.of(mac),
                                        Optional.of(holdings)))
                .toList();
    }

    /** The group in which questions for the address are asked (RFC 4291 section 2.7.1). */
    public static IpAddress solicitedNode(IpAddress address) {
        return SOLICITED_NODE.plus(address.low() & 0xff_ffff);
    }

    /** Says to everybody that the target is at this MAC. */
    public static NeighborFrame announcement(Mac mac, IpAddress source, IpAddress target) {
        return new NeighborFrame(
                Mac.ofGroup(ALL_NODES),
                mac,
                source,
                ALL_NODES,
                Type.ADVERTISEMENT,
                false,
                target,
                Optional.of(mac));
    }

    /** Asks everybody where the target is. */
    public static NeighborFrame question(Mac mac, IpAddress source, IpAddress target) {
        IpAddress group = solicitedNode(target);
        return new NeighborFrame(
                Mac.ofGroup(group),
                mac,
                source,
                group,
                Type.SOLICITATION,
                false,
                target,
                Optional.of(mac));
    }

    public byte[] bytes() {
        int tail = holdings.map(NeighborFrame::optionBytes).orElse(0);
        int length = OPTIONS + link.map(mac -> OPTION_UNIT).orElse(0) + tail;
        ByteBuffer out = ByteBuffer.allocate(length);
        to.write(out);
        from.write(out);
        out.putShort((short) ETHER_TYPE);
        out.putInt(6 << 28).putShort((short) (length - ICMP));
        out.put((byte) ICMPV6).put((byte) HOP_LIMIT);
        out.put(source.bytes()).put(destination.bytes());
        out.putInt(type.number << 24);
        boolean advertises = type == Type.ADVERTISEMENT;
        out.putInt(advertises ? OVERRIDE | (solicited ? SOLICITED : 0) : 0);
        out.put(target.bytes());
        link.ifPresent(
                mac -> {
                    out.put((byte) type.option).put((byte) 1);
                    mac.write(out);
                });
        holdings.ifPresent(
                held -> {
                    out.put((byte) HOLDINGS_OPTION).put((byte) (tail / OPTION_UNIT));
                    held.write(out);
                });
        out.putShort(ICMP + 2, (short) ~sum(out, length));
        return out.array();
    }

    private static int optionBytes(Holdings held) {
        return Math.ceilDiv(OPTION_HEAD + held.bytes(true), OPTION_UNIT) * OPTION_UNIT;
    }

    /** Empty for what is none of it, and for what RFC 4861 section 7.1 wants to be ignored. */
    public static Optional<NeighborFrame> parse(byte[] frame) {
        ByteBuffer in = ByteBuffer.wrap(frame);
        if (frame.length < OPTIONS
                || in.getShort(IP - 2) != (short) ETHER_TYPE
                || in.get(IP) >> 4 != 6
                || in.get(IP + 6) != ICMPV6
                || (in.get(IP + 7) & 0xff) != HOP_LIMIT
                || in.get(ICMP + 1) != 0) {
            return Optional.empty();
        }
        int end = ICMP + (in.getShort(IP + 4) & 0xffff);
        if (end < OPTIONS || end > frame.length || sum(in, end) != 0xffff) {
            return Optional.empty();
        }
        for (Type type : Type.values()) {
            if ((in.get(ICMP) & 0xff) == type.number) {
                return read(in, type, end);
            }
        }
        return Optional.empty();
    }

    private static Optional<NeighborFrame> read(ByteBuffer in, Type type, int end) {
        Mac to = Mac.read(in);
        Mac from = Mac.read(in);
        IpAddress source = address(in, IP + 8);
        IpAddress destination = address(in, IP + 24);
        IpAddress target = address(in, ICMP + 8);
        boolean solicited = (in.getInt(ICMP + 4) & SOLICITED) != 0;
        Optional<Mac> link = Optional.empty();
        Optional<Holdings> holdings = Optional.empty();
        for (int at = OPTIONS; at + OPTION_UNIT <= end; ) {
            int length = (in.get(at + 1) & 0xff) * OPTION_UNIT;
            if (length == 0) {
                return Optional.empty();
            }
            if (in.get(at) == type.option && length == OPTION_UNIT) {
                link = Optional.of(Mac.read(in.position(at + 2)));
            }
            if ((in.get(at) & 0xff) == HOLDINGS_OPTION && at + length <= end) {
                holdings = Holdings.read(in.slice(at + OPTION_HEAD, length - OPTION_HEAD), true);
            }
            at += length;
        }
        return isGroup(target)
                ? Optional.empty()
                : Optional.of(
                        new NeighborFrame(
                                to,
                                from,
                                source,
                                destination,
                                type,
                                solicited,
                                target,
                                link,
                                holdings));
    }

    private static boolean isGroup(IpAddress address) {
        return address.high() >>> 56 == 0xff;
    }

    private static IpAddress address(ByteBuffer in, int at) {
        return new IpAddress(true, in.getLong(at), in.getLong(at + 8));
    }

    /**
     * The sum of RFC 1071 over the addresses, the length, the protocol and the message; over a
     * message with the right checksum in it, 0xffff.
     */
    private static int sum(ByteBuffer frame, int end) {
        int sum = end - ICMP + ICMPV6;
        for (int at = IP + 8; at + 1 < end; at += 2) {
            sum += frame.getShort(at) & 0xffff;
        }
        if ((end - ICMP) % 2 != 0) {
            sum += (frame.get(end - 1) & 0xff) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
