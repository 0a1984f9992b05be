package dev.weir.endpoint.allocate;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A range that cluster IPs come from. Its first address is never given out, nor is the last of an
 * IPv4 range; in a range of the settings, the address at {@link #DNS_OFFSET} belongs to the DNS
 * Service alone.
 *
 * @param cidr at most 2^{@link #MAX_BITS} addresses
 */
public record AddressRange(Cidr cidr) {
    /** Larger ranges would make the search for a free address too long. */
    public static final int MAX_BITS = 20;

    /** 10.96.0.10 in 10.96.0.0/12, by kubeadm's custom. */
    public static final int DNS_OFFSET = 10;

    private static final long LEAST_BAND = 16;
    private static final long MOST_BAND = 256;
    private static final long BAND_STEP = 16;

    public AddressRange {
        if (!fits(cidr)) {
            throw new IllegalArgumentException(
                    "a Service range holds at most 2^" + MAX_BITS + " addresses: " + cidr);
        }
    }

    /** Whether it is small enough to be one. */
    public static boolean fits(Cidr cidr) {
        return cidr.base().bits() - cidr.prefix() <= MAX_BITS;
    }

    /** For people. */
    public static String list(List<AddressRange> ranges) {
        return ranges.stream()
                .map(range -> range.cidr().toString())
                .collect(Collectors.joining(", "));
    }

    /** How many addresses can be given out. */
    public long size() {
        return Math.max(0, cidr.size() - (cidr.v6() ? 1 : 2));
    }

    /**
     * How many addresses at the low end are left to Services that ask for one (KEP-3070): a
     * sixteenth, but 16 to 256; none when the range is that small itself.
     */
    public long band() {
        return size() <= LEAST_BAND ? 0 : Math.clamp(size() / BAND_STEP, LEAST_BAND, MOST_BAND);
    }

    /** By number, from 0 to {@link #size} - 1. */
    public IpAddress address(long index) {
        return cidr.base().plus(index + 1);
    }

    /** Whether this address could be given to a Service. */
    public boolean assignable(IpAddress address) {
        return cidr.contains(address)
                && !address.equals(cidr.base())
                && (cidr.v6() || !address.equals(cidr.last()));
    }

    /**
     * Where the DNS Service is. In a range too small to have it, an address outside of the range.
     */
    public IpAddress dns() {
        return cidr.base().plus(DNS_OFFSET);
    }
}
