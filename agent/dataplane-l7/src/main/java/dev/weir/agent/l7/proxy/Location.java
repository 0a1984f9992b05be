package dev.weir.agent.l7.proxy;

import dev.weir.routing.Action.PathEdit;
import dev.weir.routing.Action.Redirect;

/** Where a redirect leads (Gateway API, HTTPRequestRedirectFilter). */
final class Location {
    private static final String HTTP = "http";
    private static final String HTTPS = "https";

    private Location() {}

    /**
     * The value of the header.
     *
     * @param tls whether the request came by TLS
     * @param host of the request, without a port; IPv6 in brackets
     * @param port that the request came to
     * @param query empty when there is none
     */
    static String of(
            Redirect redirect, boolean tls, String host, int port, String path, String query) {
        String scheme = redirect.scheme().orElse(tls ? HTTPS : HTTP);
        int wellKnown = scheme.equals(HTTPS) ? 443 : 80;
        int to = redirect.port().orElse(redirect.scheme().isPresent() ? wellKnown : port);
        StringBuilder text = new StringBuilder(64);
        text.append(scheme).append("://").append(redirect.host().orElse(host));
        if (to != wellKnown) {
            text.append(':').append(to);
        }
        text.append(redirect.path().map(edit -> edited(edit, path)).orElse(path));
        if (!query.isEmpty()) {
            text.append('?').append(query);
        }
        return text.toString();
    }

    /** The path that an edit makes of a path. */
    static String edited(PathEdit edit, String path) {
        return switch (edit) {
            case PathEdit.Full full -> full.path();
            case PathEdit.Prefix prefix -> {
                String start = prefix.replacement();
                if (start.endsWith("/")) {
                    start = start.substring(0, start.length() - 1);
                }
                String whole = start + path.substring(prefix.prefix().length());
                yield whole.isEmpty() ? "/" : whole;
            }
        };
    }
}
