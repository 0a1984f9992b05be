package dev.weir.agent.nft;

import dev.weir.agent.linux.NftCommand;
import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.agent.spi.DesiredVsObserved;
import dev.weir.model.Cidr;
import dev.weir.model.Frontend;
import dev.weir.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses that belong to Services alone and have a frontend: cluster IPs, and addresses of load
 * balancers. What comes to another port of such an address is refused. Pure bookkeeping, owned by
 * the plane's thread.
 */
final class LiveAddresses {
    private final Map<IpAddress, Integer> frontends = new HashMap<>();
    private final DesiredVsObserved<ElementKey, NftValue> elements = new DesiredVsObserved<>();
    private List<Cidr> ranges;
    private Set<IpAddress> announced = Set.of();

    LiveAddresses(List<Cidr> ranges) {
        this.ranges = ranges;
    }

    void add(Frontend frontend) {
        if (frontends.merge(frontend.address(), 1, Integer::sum) == 1) {
            settle(frontend.address());
        }
    }

    void remove(Frontend frontend) {
        if (frontends.merge(frontend.address(), -1, Integer::sum) == 0) {
            frontends.remove(frontend.address());
            settle(frontend.address());
        }
    }

    /** The ranges of cluster IPs. Costs the number of addresses. */
    void ranges(List<Cidr> now) {
        ranges = now;
        frontends.keySet().forEach(this::settle);
    }

    List<Cidr> ranges() {
        return ranges;
    }

    /** The addresses of load balancers. */
    void announce(Set<IpAddress> addresses) {
        Set<IpAddress> touched = new HashSet<>(announced);
        touched.addAll(addresses);
        announced = Set.copyOf(addresses);
        touched.forEach(this::settle);
    }

    private void settle(IpAddress address) {
        ElementKey key = element(address);
        if (contains(address)) {
            elements.desire(key, NftValue.NONE);
        } else {
            elements.undesire(key);
        }
    }

    ElementKey element(IpAddress address) {
        return ElementKey.of(Layout.LIVE + Layout.family(address.v6()), address);
    }

    /** The value of the frontend's address, if that shall be there. */
    Optional<NftValue> wants(Frontend frontend) {
        return elements.desired(element(frontend.address()));
    }

    boolean contains(IpAddress address) {
        return frontends.containsKey(address)
                && (announced.contains(address)
                        || ranges.stream().anyMatch(range -> range.contains(address)));
    }

    void found(Map<ElementKey, NftValue> kernel) {
        elements.observeAll(kernel);
    }

    Map<ElementKey, NftValue> desired() {
        return elements.desired();
    }

    List<NftCommand> pending() {
        List<NftCommand> commands = new ArrayList<>();
        for (ElementKey key : elements.stale().keySet()) {
            NftElement gone = NftElement.of(key.data());
            commands.add(new NftCommand.DeleteElement(key.set(), gone));
        }
        for (ElementKey key : elements.missing().keySet()) {
            commands.add(new NftCommand.AddElement(key.set(), NftElement.of(key.data())));
        }
        return commands;
    }

    /** All that was pending is in force. */
    void done() {
        elements.stale().keySet().forEach(elements::unobserve);
        elements.missing().forEach(elements::observe);
    }
}
