package dev.weir.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IPv4 or IPv6 address. IPv4 sorts before IPv6; within a family by number.
 *
 * @param v6 the family
 * @param high the upper 64 bits; 0 for IPv4
 * @param low the lower 64 bits; for IPv4 the address as an unsigned 32-bit number
 */
public record IpAddress(boolean v6, long high, long low) implements Comparable<IpAddress> {

    /** Without leading zeros. */
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,2}");

    /** Accepts literals only, never a name to look up. Empty for anything else. */
    public static Optional<IpAddress> parse(String text) {
        if (text.isEmpty() || text.indexOf('%') >= 0 || text.indexOf('[') >= 0 || !isStrict(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    of(InetAddress.ofLiteral(text).getAddress(), text.indexOf(':') >= 0));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * As {@link #parse}, for text that is known to be an address. Throws IllegalArgumentException.
     */
    public static IpAddress of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
    }

    /** From 4 or 16 bytes in network order. */
    public static IpAddress of(byte[] bytes) {
        return of(bytes, bytes.length == 16);
    }

    private static IpAddress of(byte[] bytes, boolean v6) {
        if (bytes.length == 4) {
            long low = number(bytes, 0, 4);
            return v6
                    ? new IpAddress(true, 0, 0xffff_0000_0000L | low)
                    : new IpAddress(false, 0, low);
        }
        return new IpAddress(true, number(bytes, 0, 8), number(bytes, 8, 8));
    }

    /**
     * Four decimal parts without leading zeros, as Kubernetes demands, at the end of an IPv6
     * address, too.
     */
    private static boolean isStrict(String text) {
        int colon = text.lastIndexOf(':');
        if (colon >= 0 && text.indexOf('.') < 0) {
            return true;
        }
        String[] parts = text.substring(colon + 1).split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            if (!DECIMAL.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }

    private static long number(byte[] bytes, int from, int count) {
        long result = 0;
        for (int i = from; i < from + count; i++) {
            result = result << 8 | (bytes[i] & 0xff);
        }
        return result;
    }

    /** 32 or 128. */
    public int bits() {
        return v6 ? 128 : 32;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] bytes() {
        byte[] bytes = new byte[bits() / 8];
        for (int i = 0; i < bytes.length; i++) {
            int shift = (bytes.length - 1 - i) * 8;
            bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
        }
        return bytes;
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(bytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** The address this many above; wraps at the end of the family. */
    public IpAddress plus(long count) {
        long sum = low + count;
        if (!v6) {
            return new IpAddress(false, 0, sum & 0xffff_ffffL);
        }
        boolean carry =
                count >= 0
                        ? Long.compareUnsigned(sum, low) < 0
                        : Long.compareUnsigned(sum, low) > 0;
        return new IpAddress(true, carry ? high + (count >= 0 ? 1 : -1) : high, sum);
    }

    @Override
    public int compareTo(IpAddress other) {
        int family = Boolean.compare(v6, other.v6);
        int upper = family != 0 ? family : Long.compareUnsigned(high, other.high);
        return upper != 0 ? upper : Long.compareUnsigned(low, other.low);
    }

    /** Dotted decimal, or RFC 5952; a mapped IPv4 address as its section 5 has it. */
    @Override
    public String toString() {
        if (!v6) {
            return dotted();
        }
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + dotted();
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high >>> (48 - 16 * i) : low >>> (112 - 16 * i)) & 0xffff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private String dotted() {
        return (low >>> 24 & 0xff)
                + "."
                + (low >>> 16 & 0xff)
                + "."
                + (low >>> 8 & 0xff)
                + "."
                + (low & 0xff);
    }
}
