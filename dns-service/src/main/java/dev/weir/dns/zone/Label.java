package dev.weir.dns.zone;

import java.util.regex.Pattern;

/** A label as Kubernetes names allow it (RFC 1123), in lower case. */
final class Label {
    private static final Pattern DNS_1123 = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private Label() {}

    static boolean isValid(String text) {
        return DNS_1123.matcher(text).matches();
    }

    static void check(String text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a DNS label: '" + text + "'");
        }
    }
}
