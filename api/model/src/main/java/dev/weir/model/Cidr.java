package dev.weir.model;

import java.util.Optional;

/**
 * A range of addresses with a common prefix; the bits after the prefix are zero.
 *
 * @param prefix 0 to 32, or 0 to 128
 */
public record Cidr(IpAddress base, int prefix) implements Comparable<Cidr> {

    public Cidr {
        if (prefix < 0 || prefix > base.bits()) {
            throw new IllegalArgumentException("prefix length " + prefix + " of " + base);
        }
        base = mask(base, prefix);
    }

    /**
     * Empty unless the text is ADDRESS/LENGTH; bits after the prefix are cleared, as Kubernetes'
     * older parser did.
     */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> prefix <= address.bits())
                .map(address -> new Cidr(address, prefix));
    }

    /** As {@link #parse}, for text that is known to be right. Throws IllegalArgumentException. */
    public static Cidr of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a CIDR: " + text));
    }

    /** The range of one address. */
    public static Cidr host(IpAddress address) {
        return new Cidr(address, address.bits());
    }

    public boolean v6() {
        return base.v6();
    }

    public boolean contains(IpAddress address) {
        return address.v6() == base.v6() && mask(address, prefix).equals(base);
    }

    /** True also for the range itself. */
    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.base);
    }

    /** The number of addresses, or Long.MAX_VALUE where that does not fit. */
    public long size() {
        int free = base.bits() - prefix;
        return free >= 63 ? Long.MAX_VALUE : 1L << free;
    }

    /** The highest address of the range. */
    public IpAddress last() {
        if (!base.v6()) {
            return new IpAddress(false, 0, base.low() | (0xffff_ffffL & ~bitsHigh(prefix + 32)));
        }
        return new IpAddress(
                true,
                base.high() | ~bitsHigh(Math.min(prefix, 64)),
                base.low() | ~bitsHigh(Math.max(0, prefix - 64)));
    }

    private static IpAddress mask(IpAddress address, int prefix) {
        if (!address.v6()) {
            return new IpAddress(false, 0, address.low() & bitsHigh(prefix + 32) & 0xffff_ffffL);
        }
        return new IpAddress(
                true,
                address.high() & bitsHigh(Math.min(prefix, 64)),
                address.low() & bitsHigh(Math.max(0, prefix - 64)));
    }

    /** The upper bits of a long set, 0 to 64 of them. */
    private static long bitsHigh(int count) {
        return count <= 0 ? 0 : count >= 64 ? -1 : -1L << (64 - count);
    }

    @Override
    public int compareTo(Cidr other) {
        int order = base.compareTo(other.base);
        return order != 0 ? order : Integer.compare(prefix, other.prefix);
    }

    @Override
    public String toString() {
        return base + "/" + prefix;
    }
}
