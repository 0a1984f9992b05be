package dev.weir.agent.nft;

import dev.weir.model.Backend;
import dev.weir.model.IpAddress;
import java.util.List;

/** Where a connection is sent: a backend without what the kernel does not hold. */
record Endpoint(IpAddress address, int port) {

    static List<Endpoint> of(List<Backend> backends) {
        return backends.stream().map(b -> new Endpoint(b.address(), b.port())).distinct().toList();
    }
}
