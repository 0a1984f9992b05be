package dev.weir.agent.l7.proxy;

import dev.weir.agent.l7.proxy.Upstream.Endpoint;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** An endpoint as one event loop knows it, with its connections there. Owned by that loop. */
final class Destination {
    final Endpoint endpoint;
    final InetSocketAddress address;

    /** Exchanges under way. */
    int active;

    /** Services that it is an endpoint of; at zero it takes no connection back. */
    int services;

    /** Until when others go first, as it could not be reached. */
    long avoidUntil;

    private final ArrayDeque<BackConnection> idle = new ArrayDeque<>();

    Destination(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.address = new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port());
    }

    /** The unused connection that was used last; null when there is none. */
    @Nullable BackConnection take() {
        BackConnection last = idle.pollLast();
        while (last != null && !last.channel().isActive()) {
            last = idle.pollLast();
        }
        return last;
    }

    /** False when it shall be closed instead. */
    boolean keep(BackConnection connection, int most) {
        if (services == 0 || idle.size() >= most) {
            return false;
        }
        idle.addLast(connection);
        return true;
    }

    void forget(BackConnection connection) {
        idle.removeLastOccurrence(connection);
    }

    void closeIdle() {
        for (BackConnection next = idle.pollLast(); next != null; next = idle.pollLast()) {
            next.close();
        }
    }
}
