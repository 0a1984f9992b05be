package dev.weir.agent.nft;

import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is programmed for a frontend: the chain that chooses, and what it chooses from.
 *
 * @param slots as many as the balancer's endpoints
 */
record Target(Balancer balancer, List<Endpoint> slots) {

    /** The wanted endpoints, arranged around what the slots hold now. */
    static Target of(Frontend frontend, Backends backends, List<Endpoint> now) {
        List<Endpoint> slots = Slots.arrange(now, Endpoint.of(backends.endpoints()));
        return new Target(Balancer.of(frontend, slots.size(), backends.handling()), slots);
    }

    /** What these elements of the frontend make up; empty if it is not exactly a target. */
    static Optional<Target> found(
            Frontend frontend, Balancer balancer, Map<ElementKey, NftValue> elements) {
        List<Endpoint> slots = new ArrayList<>();
        for (int i = 0; i < balancer.endpoints(); i++) {
            int mark = balancer.bits() | i;
            if (balancer.keeps()) {
                NftValue id = elements.get(ServiceElements.id(frontend, mark));
                if (!(id instanceof NftValue.Data data)) {
                    return Optional.empty();
                }
                mark = ServiceElements.mark(data.data());
            }
            NftValue endpoint = elements.get(ServiceElements.endpoint(frontend, mark));
            if (!(endpoint instanceof NftValue.Data data)) {
                return Optional.empty();
            }
            slots.add(ServiceElements.endpoint(data.data(), frontend.address().v6()));
        }
        Target target = new Target(balancer, List.copyOf(slots));
        Map<ElementKey, NftValue> whole = new HashMap<>();
        target.elements(frontend).forEach((key, element) -> whole.put(key, element.value()));
        return Optional.of(target).filter(t -> whole.equals(elements));
    }

    Target around(List<Endpoint> now) {
        return new Target(balancer, Slots.arrange(now, slots));
    }

    /** The element that leads to the balancer. */
    NftElement entry(Frontend frontend) {
        return ServiceElements.service(frontend, balancer);
    }

    /**
     * All elements that the balancer needs: a slot's mark leads to its endpoint, or, if clients
     * come back, to the mark that names the endpoint wherever it moves.
     */
    Map<ElementKey, NftElement> elements(Frontend frontend) {
        Map<ElementKey, NftElement> elements = new LinkedHashMap<>();
        Map<Endpoint, Integer> ids = balancer.keeps() ? EndpointIds.of(slots) : Map.of();
        for (int i = 0; i < slots.size(); i++) {
            Endpoint endpoint = slots.get(i);
            int mark = balancer.bits() | i;
            Integer id = ids.get(endpoint);
            if (id != null) {
                ElementKey key = ServiceElements.id(frontend, mark);
                mark = balancer.bits() | id;
                elements.put(key, NftElement.of(key.data(), ServiceElements.markValue(mark)));
            }
            ElementKey key = ServiceElements.endpoint(frontend, mark);
            elements.put(key, NftElement.of(key.data(), ServiceElements.target(endpoint)));
        }
        return elements;
    }

    /** The order of slots is the kernel's; which endpoints they hold is what counts. */
    boolean equivalent(Target other) {
        return balancer.equals(other.balancer)
                && new HashSet<>(slots).equals(new HashSet<>(other.slots));
    }
}
