package dev.weir.agent.l7.proxy;

import dev.weir.routing.Hosts;
import dev.weir.routing.RouteTable;
import dev.weir.routing.ServicePort;
import io.netty.handler.ssl.SslContext;
import java.util.Map;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * All that a request is served by; one that is under way keeps the snapshot that it began with.
 *
 * @param tls by port: what handshakes find by their server name; empty for a name whose certificate
 *     is of no use, so that no other one is shown for it
 */
record Snapshot(
        RouteTable table,
        Map<Integer, Hosts<Optional<SslContext>>> tls,
        PMap<ServicePort, Upstream> upstreams) {
    static final Snapshot EMPTY = new Snapshot(RouteTable.EMPTY, Map.of(), HashTreePMap.empty());

    Snapshot {
        tls = Map.copyOf(tls);
    }

    Snapshot with(RouteTable other, Map<Integer, Hosts<Optional<SslContext>>> contexts) {
        return new Snapshot(other, contexts, upstreams);
    }

    Snapshot with(PMap<ServicePort, Upstream> others) {
        return new Snapshot(table, tls, others);
    }

    Upstream upstream(ServicePort service) {
        return upstreams.getOrDefault(service, Upstream.NONE);
    }
}
