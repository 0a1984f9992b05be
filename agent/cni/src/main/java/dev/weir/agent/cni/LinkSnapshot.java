package dev.weir.agent.cni;

import dev.weir.agent.linux.NetworkNamespace;
import dev.weir.agent.linux.Rtnetlink;
import dev.weir.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Links and addresses of a namespace, as they are now. */
record LinkSnapshot(List<Rtnetlink.Link> links, List<Rtnetlink.Address> addresses) {
    static LinkSnapshot of(NetworkNamespace namespace) throws IOException, InterruptedException {
        return namespace.call(
                () -> {
                    try (Rtnetlink rtnetlink = Rtnetlink.open()) {
                        return new LinkSnapshot(rtnetlink.links(), rtnetlink.addresses());
                    }
                });
    }

    Optional<Rtnetlink.Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    boolean has(IpAddress address) {
        return addresses.stream()
                .anyMatch(a -> address.equals(IpAddress.of(a.address().getAddress())));
    }

    Set<IpAddress> on(Rtnetlink.Link link) {
        return addresses.stream()
                .filter(address -> address.link() == link.index())
                .map(address -> IpAddress.of(address.address().getAddress()))
                .collect(Collectors.toSet());
    }
}
