package dev.weir.agent.l2.wire;

import dev.weir.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An Ethernet address.
 *
 * @param value its 48 bits as a number
 */
public record Mac(long value) {
    public static final Mac BROADCAST = new Mac(0xffff_ffff_ffffL);
    public static final Mac NONE = new Mac(0);
    static final int BYTES = 6;

    /** Of the first byte: for more than one station. */
    private static final long GROUP_BIT = 1L << 40;

    private static final long IPV6_MULTICAST = 0x3333_0000_0000L;

    public Mac {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(value));
        }
    }

    /** From "02:00:00:00:00:01"; empty for anything else. */
    public static Optional<Mac> parse(String text) {
        if (!text.matches("([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")) {
            return Optional.empty();
        }
        return Optional.of(new Mac(HexFormat.fromHexDigitsToLong(text.replace(":", ""))));
    }

    /** Where an IPv6 multicast group's frames go (RFC 2464 section 7). */
    static Mac ofGroup(IpAddress group) {
        return new Mac(IPV6_MULTICAST | (group.low() & 0xffff_ffffL));
    }

    static Mac read(ByteBuffer from) {
        return new Mac((from.getShort() & 0xffffL) << 32 | (from.getInt() & 0xffff_ffffL));
    }

    void write(ByteBuffer into) {
        into.putShort((short) (value >>> 32)).putInt((int) value);
    }

    /** Whether a station with this address takes a frame to the other. */
    public boolean takes(Mac destination) {
        return (destination.value & GROUP_BIT) != 0 || equals(destination);
    }

    @Override
    public String toString() {
        String digits = HexFormat.of().toHexDigits(value, 2 * BYTES);
        return digits.replaceAll("(..)(?!$)", "$1:");
    }
}
