package dev.weir.agent.l7.proxy;

import dev.weir.model.IpAddress;
import java.util.List;

/**
 * Where the requests for one port of a Service go.
 *
 * @param endpoints those that may take new requests
 */
public record Upstream(List<Endpoint> endpoints) {
    public static final Upstream NONE = new Upstream(List.of());

    /** A listening socket of a backend. */
    public record Endpoint(IpAddress address, int port) {
        @Override
        public String toString() {
            return (address.v6() ? "[" + address + "]" : address) + ":" + port;
        }
    }

    public Upstream {
        endpoints = List.copyOf(endpoints);
    }
}
