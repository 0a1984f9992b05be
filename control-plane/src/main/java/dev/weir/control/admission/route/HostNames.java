package dev.weir.control.admission.route;

import dev.weir.model.IpAddress;
import dev.weir.model.check.FieldErrors;
import dev.weir.model.check.Names;
import java.util.List;

/** Names of hosts in rules and listeners: a DNS name, or a star for its first label. */
final class HostNames {
    private HostNames() {}

    /** The name, or the part of it after {@code *.}. */
    static void check(String path, String host, FieldErrors errors) {
        if (isAddress(host)) {
            errors.invalid(path, host, "must be a DNS name, not an IP address");
        }
        syntax(path, host, errors);
    }

    /** The same, but an IPv4 address looks like a name, too. */
    static void syntax(String path, String host, FieldErrors errors) {
        if (host.contains("*")) {
            errors.invalid(path, host, wildcard(host));
        } else {
            errors.invalid(path, host, Names.dns1123Subdomain(host));
        }
    }

    private static List<String> wildcard(String host) {
        boolean fine = host.startsWith("*.") && Names.dns1123Subdomain(host.substring(2)).isEmpty();
        return fine
                ? List.of()
                : List.of(
                        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid"
                            + " DNS subdomain, which must consist of lower case alphanumeric"
                            + " characters, '-' or '.' and end with an alphanumeric character (e.g."
                            + " '*.example.com', regex used for validation is"
                            + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }

    private static boolean isAddress(String host) {
        try {
            IpAddress.of(host);
            return true;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}
