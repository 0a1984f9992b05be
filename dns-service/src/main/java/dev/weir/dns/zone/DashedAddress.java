package dev.weir.dns.zone;

import dev.weir.model.IpAddress;
import java.util.Optional;

/** Addresses as labels: {@code 10-0-0-1}, {@code fd00--1}; the form CoreDNS made customary. */
final class DashedAddress {
    private DashedAddress() {}

    static String label(IpAddress address) {
        return address.toString().replace(address.v6() ? ':' : '.', '-');
    }

    /** The address that a label spells, in any of the ways an IPv6 address may be shortened. */
    static Optional<IpAddress> parse(String label) {
        boolean onlyDigits =
                label.chars().allMatch(c -> c == '-' || (c < 128 && Character.digit(c, 16) >= 0));
        if (!onlyDigits) {
            return Optional.empty();
        }
        return IpAddress.parse(label.replace('-', '.'))
                .or(() -> IpAddress.parse(label.replace('-', ':')));
    }
}
