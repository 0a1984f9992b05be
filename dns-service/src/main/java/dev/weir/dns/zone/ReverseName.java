package dev.weir.dns.zone;

import dev.weir.dns.wire.DnsName;
import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** Names under in-addr.arpa (RFC 1035 section 3.5) and ip6.arpa (RFC 3596 section 2.5). */
final class ReverseName {
    private static final DnsName V4 = DnsName.of("in-addr.arpa");
    private static final DnsName V6 = DnsName.of("ip6.arpa");

    private ReverseName() {}

    static DnsName of(IpAddress address) {
        return of(address, address.bits());
    }

    /**
     * The zones that together are the range: one if its prefix ends at a label, else one for each
     * value of the started label (at most 128 or 8).
     */
    static List<DnsName> zones(Cidr range) {
        int labelBits = range.v6() ? 4 : 8;
        int bits = Math.ceilDiv(range.prefix(), labelBits) * labelBits;
        List<DnsName> zones = new ArrayList<>();
        for (int i = 0; i < 1 << (bits - range.prefix()); i++) {
            zones.add(of(withBits(range.base(), bits, i), bits));
        }
        return zones;
    }

    /** The name of the address's first bits; a multiple of the bits of a label. */
    private static DnsName of(IpAddress address, int bits) {
        DnsName name = address.v6() ? V6 : V4;
        byte[] octets = address.bytes();
        for (int bit = 0; bit < bits; bit += address.v6() ? 4 : 8) {
            int octet = octets[bit / 8] & 0xff;
            name =
                    name.child(
                            address.v6()
                                    ? Integer.toHexString(bit % 8 == 0 ? octet >> 4 : octet & 0xf)
                                    : Integer.toString(octet));
        }
        return name;
    }

    /** The address with a number put in so that it ends at the given bit. */
    private static IpAddress withBits(IpAddress address, int end, int number) {
        byte[] octets = address.bytes();
        if (end > 0) {
            octets[(end - 1) / 8] |= (byte) (number << (7 - (end - 1) % 8));
        }
        return IpAddress.of(octets);
    }
}
