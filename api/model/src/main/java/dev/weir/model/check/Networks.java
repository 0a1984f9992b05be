package dev.weir.model.check;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.Optional;
import java.util.Set;

/** Addresses and ranges as fields of an object: only forms that every reader understands alike. */
public final class Networks {
    private static final long MAPPED_IPV4 = 0xffff;

    private Networks() {}

    /**
     * The range, or an error.
     *
     * @param accepted texts to take without a check, because the object had them before
     */
    public static Optional<Cidr> cidr(
            String path, String text, Set<String> accepted, FieldErrors errors) {
        Optional<Cidr> parsed = Cidr.parse(text);
        if (accepted.contains(text)) {
            return parsed;
        }
        if (parsed.isEmpty()) {
            errors.invalid(
                    path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        } else if (isMapped(parsed.get().base())) {
            errors.invalid(path, text, "must not have an IPv4-mapped IPv6 address");
        } else if (!IpAddress.of(text.substring(0, text.indexOf('/')))
                .equals(parsed.get().base())) {
            errors.invalid(path, text, "must not have bits set beyond the prefix length");
        }
        return parsed;
    }

    public static Optional<IpAddress> address(String path, String text, FieldErrors errors) {
        Optional<IpAddress> parsed = IpAddress.parse(text);
        if (parsed.isEmpty()) {
            errors.invalid(
                    path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        } else if (isMapped(parsed.get())) {
            errors.invalid(path, text, "must not be an IPv4-mapped IPv6 address");
        }
        return parsed;
    }

    private static boolean isMapped(IpAddress address) {
        return address.v6() && address.high() == 0 && address.low() >>> 32 == MAPPED_IPV4;
    }
}
