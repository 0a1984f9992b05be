package dev.weir.model.check;

import dev.weir.model.Cidr;
import dev.weir.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Addresses and ranges as fields of an object: only forms that every reader understands alike. */
public final class Networks {
    private static final long MAPPED_IPV4 = 0xffff;

    private static final Map<String, List<Cidr>> SPECIAL =
            Map.of(
                    "may not be in the loopback range (127.0.0.0/8, ::1/128)",
                    List.of(Cidr.of("127.0.0.0/8"), Cidr.of("::1/128")),
                    "may not be in the link-local range (169.254.0.0/16, fe80::/10)",
                    List.of(Cidr.of("169.254.0.0/16"), Cidr.of("fe80::/10")),
                    "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)",
                    List.of(Cidr.of("224.0.0.0/24"), Cidr.of("ff02::/10")));

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
        if (parsed.isEmpty() && Cidr.parse(withoutLeadingZeros(text)).isPresent()) {
            errors.invalid(path, text, "must not have leading 0s in IP or prefix length");
        } else if (parsed.isEmpty()) {
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
        if (parsed.isEmpty() && IpAddress.parse(withoutLeadingZeros(text)).isPresent()) {
            errors.invalid(path, text, "must not have leading 0s");
        } else if (parsed.isEmpty()) {
            errors.invalid(
                    path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        } else if (isMapped(parsed.get())) {
            errors.invalid(path, text, "must not be an IPv4-mapped IPv6 address");
        }
        return parsed;
    }

    /** An address that a host can have towards others: not unspecified, loopback or link-local. */
    public static Optional<IpAddress> ordinaryAddress(
            String path, String text, FieldErrors errors) {
        Optional<IpAddress> parsed = address(path, text, errors);
        parsed.flatMap(Networks::special).ifPresent(reason -> errors.invalid(path, text, reason));
        return parsed;
    }

    private static Optional<String> special(IpAddress address) {
        if (address.equals(address.v6() ? IpAddress.of("::") : IpAddress.of("0.0.0.0"))) {
            return Optional.of("may not be unspecified (" + address + ")");
        }
        return SPECIAL.entrySet().stream()
                .filter(
                        entry ->
                                entry.getValue().stream()
                                        .anyMatch(range -> range.contains(address)))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static String withoutLeadingZeros(String text) {
        return text.replaceAll("(^|[./])0+(?=[0-9])", "$1");
    }

    private static boolean isMapped(IpAddress address) {
        return address.v6() && address.high() == 0 && address.low() >>> 32 == MAPPED_IPV4;
    }
}
