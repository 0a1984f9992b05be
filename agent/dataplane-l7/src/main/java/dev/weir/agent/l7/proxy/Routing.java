package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.http.RequestHead;
import dev.weir.routing.Action.Share;
import dev.weir.routing.HostTable;
import dev.weir.routing.PortTable;
import dev.weir.routing.RouteTable;
import dev.weir.routing.Rule;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a request finds in a table. */
final class Routing {
    private Routing() {}

    /**
     * The rule for a request; null for none.
     *
     * @param tls whether it came by TLS: what the port is for now need not be what it was when the
     *     connection was made
     */
    static @Nullable Rule find(RouteTable table, int port, boolean tls, RequestHead request) {
        PortTable rules = table.ports().get(port);
        if (rules == null || rules.tls() != tls) {
            return null;
        }
        HostTable host = rules.hosts().find(request.host()).orElse(null);
        return host == null ? null : host.find(request).orElse(null);
    }

    /** One of the shares, at random by weight. */
    static Share pick(List<Share> shares) {
        if (shares.size() == 1) {
            return shares.getFirst();
        }
        long sum = 0;
        for (Share share : shares) {
            sum += share.weight();
        }
        long at = ThreadLocalRandom.current().nextLong(Math.max(1, sum));
        for (Share share : shares) {
            at -= share.weight();
            if (at < 0) {
                return share;
            }
        }
        return shares.getLast();
    }

    /** Whether a request may be sent twice (RFC 9110, section 9.2.2). */
    static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }
}
