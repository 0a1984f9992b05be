package dev.weir.dns.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A fully qualified domain name in uncompressed wire form.
 *
 * <p>Keeps the case it was written in, compares without it (RFC 4343). Invariant: at most 255
 * octets, labels of 1 to 63 octets, ends in the root label.
 */
public final class DnsName {
    /** RFC 1035 section 2.3.4, the root label included. */
    public static final int MAX_OCTETS = 255;

    /** RFC 1035 section 2.3.4. */
    public static final int MAX_LABEL_OCTETS = 63;

    public static final DnsName ROOT = new DnsName(new byte[] {0});

    private final byte[] wire;
    private final int hash;

    private DnsName(byte[] wire) {
        this.wire = wire;
        int h = 0;
        for (byte b : wire) {
            h = 31 * h + lower(b);
        }
        this.hash = h;
    }

    /** Trusts and keeps its argument: for readers that have checked the invariant. */
    static DnsName ofCheckedWire(byte[] wire) {
        return new DnsName(wire);
    }

    /**
     * Parses dotted text; a final dot changes nothing. There are no escapes.
     *
     * @throws IllegalArgumentException if a label is empty or too long, or the name is too long
     */
    public static DnsName of(String text) {
        String dotless = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (dotless.isEmpty()) {
            return ROOT;
        }
        DnsName name = ROOT;
        for (int end = dotless.length(); end >= 0; ) {
            int dot = dotless.lastIndexOf('.', end - 1);
            name = name.child(dotless.substring(dot + 1, end));
            end = dot;
        }
        return name;
    }

    /**
     * The name one label below this one.
     *
     * @throws IllegalArgumentException if the label is empty or too long, or the name gets too long
     */
    public DnsName child(String label) {
        byte[] octets = label.getBytes(StandardCharsets.UTF_8);
        if (octets.length == 0 || octets.length > MAX_LABEL_OCTETS) {
            throw new IllegalArgumentException("label must have 1 to 63 octets: '" + label + "'");
        }
        if (octets.length + 1 + wire.length > MAX_OCTETS) {
            throw new IllegalArgumentException(
                    "name longer than 255 octets: " + label + "." + this);
        }
        byte[] child = new byte[octets.length + 1 + wire.length];
        child[0] = (byte) octets.length;
        System.arraycopy(octets, 0, child, 1, octets.length);
        System.arraycopy(wire, 0, child, 1 + octets.length, wire.length);
        return new DnsName(child);
    }

    public boolean isRoot() {
        return wire.length == 1;
    }

    /**
     * The name without its first label.
     *
     * @throws IllegalStateException at the root
     */
    public DnsName parent() {
        if (isRoot()) {
            throw new IllegalStateException("the root has no parent");
        }
        return new DnsName(Arrays.copyOfRange(wire, 1 + wire[0], wire.length));
    }

    /**
     * The first label in lower case; empty at the root. Octets outside ASCII come out as U+00xx.
     */
    public String firstLabel() {
        StringBuilder label = new StringBuilder(wire[0]);
        for (int i = 1; i <= wire[0]; i++) {
            label.append((char) lower(wire[i]));
        }
        return label.toString();
    }

    /** True for the ancestor itself and everything below it. */
    public boolean isAtOrBelow(DnsName ancestor) {
        int at = 0;
        while (wire.length - at > ancestor.wire.length) {
            at += 1 + wire[at];
        }
        return wire.length - at == ancestor.wire.length && sameFrom(at, ancestor);
    }

    /** Octets in uncompressed wire form. */
    public int length() {
        return wire.length;
    }

    /** The octet at an offset of the wire form, as it was written. */
    byte octet(int offset) {
        return wire[offset];
    }

    void copyTo(byte[] target, int offset) {
        System.arraycopy(wire, 0, target, offset, wire.length);
    }

    /** ASCII lower case of one octet; length octets (0 to 63) are below 'A' and stay. */
    static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b & 0xff;
    }

    private boolean sameFrom(int offset, DnsName other) {
        for (int i = 0; i < other.wire.length; i++) {
            if (lower(wire[offset + i]) != lower(other.wire[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof DnsName other
                && hash == other.hash
                && wire.length == other.wire.length
                && sameFrom(0, other);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Master file text with a final dot (RFC 1035 section 5.1). */
    @Override
    public String toString() {
        if (isRoot()) {
            return ".";
        }
        StringBuilder text = new StringBuilder(wire.length);
        for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
            for (int i = at + 1; i <= at + wire[at]; i++) {
                int octet = wire[i] & 0xff;
                if (octet == '.' || octet == '\\') {
                    text.append('\\').append((char) octet);
                } else if (octet > ' ' && octet < 0x7f) {
                    text.append((char) octet);
                } else {
                    text.append('\\').append("%03d".formatted(octet));
                }
            }
            text.append('.');
        }
        return text.toString();
    }
}
