package dev.weir.agent.nft;

import dev.weir.agent.linux.NftElement;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is programmed for a frontend: the chain that chooses, and what it chooses from.
 *
 * @param slots as many as the balancer's endpoints
 */
record Target(Balancer balancer, List<Endpoint> slots) {

    /** The wanted endpoints, arranged around what the slots hold now. */
    static Target of(Frontend frontend, Backends backends, List<Endpoint> now) {
        List<Endpoint> slots = Slots.arrange(now, Endpoint.of(backends.endpoints()));
        boolean v6 = frontend.address().v6();
        return new Target(new Balancer(v6, slots.size(), backends.handling()), slots);
    }

    Target around(List<Endpoint> now) {
        return new Target(balancer, Slots.arrange(now, slots));
    }

    /** The element that leads to the balancer. */
    NftElement entry(Frontend frontend) {
        return ServiceElements.service(frontend, balancer);
    }

    /** All elements that the balancer needs. */
    Map<ElementKey, NftElement> elements(Frontend frontend) {
        Map<ElementKey, NftElement> elements = new LinkedHashMap<>();
        String map = ServiceElements.endpoints(frontend);
        for (int i = 0; i < slots.size(); i++) {
            NftElement slot = ServiceElements.slot(frontend, i, slots.get(i));
            elements.put(new ElementKey(map, slot.key()), slot);
        }
        return elements;
    }

    /** The order of slots is the kernel's; which endpoints they hold is what counts. */
    boolean equivalent(Target other) {
        return balancer.equals(other.balancer)
                && new HashSet<>(slots).equals(new HashSet<>(other.slots));
    }
}
