package dev.weir.agent.nft;

import dev.weir.agent.linux.NftElement;
import dev.weir.agent.linux.NftValue;
import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Handling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is programmed for a frontend: who may come, the chain that chooses, and what it chooses
 * from.
 *
 * @param slots as many as the balancer's endpoints
 * @param sources the chain that lets clients in, or {@link Sources#ANY}
 */
record Target(Balancer balancer, List<Endpoint> slots, String sources) {

    /** The wanted endpoints, arranged around what the slots hold now. */
    static Target of(Frontend frontend, Backends backends, List<Endpoint> now) {
        List<Endpoint> slots = Slots.arrange(now, Endpoint.of(backends.endpoints()));
        Handling handling = backends.handling();
        String sources = Sources.name(frontend.address().v6(), handling.sources());
        return new Target(Balancer.of(frontend, slots.size(), handling), slots, sources);
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
        NftValue limit = elements.get(limit(frontend));
        String sources = limit instanceof NftValue.Verdict verdict ? verdict.chain() : Sources.ANY;
        Target target = new Target(balancer, List.copyOf(slots), sources);
        Map<ElementKey, NftValue> whole = new HashMap<>();
        target.elements(frontend).forEach((key, element) -> whole.put(key, element.value()));
        return Optional.of(target).filter(t -> whole.equals(elements));
    }

    /** Those of a target that may not be there. */
    static List<Endpoint> slots(Optional<Target> target) {
        return target.map(Target::slots).orElse(List.of());
    }

    Target around(List<Endpoint> now) {
        return new Target(balancer, Slots.arrange(now, slots), sources);
    }

    /** The chains that it needs besides the fixed ones. */
    List<String> chains() {
        List<String> chains = new ArrayList<>();
        if (balancer.endpoints() > 0) {
            chains.add(balancer.name());
        }
        if (!sources.equals(Sources.ANY)) {
            chains.add(sources);
        }
        return chains;
    }

    /** True if it turns away clients that the other one may have let in. */
    boolean limitedBeside(Optional<Target> other) {
        return !sources.equals(Sources.ANY)
                && !sources.equals(other.map(Target::sources).orElse(Sources.ANY));
    }

    private static ElementKey limit(Frontend frontend) {
        return new ElementKey(ServiceElements.sources(frontend), ServiceElements.key(frontend));
    }

    /** The element that leads to the balancer. */
    NftElement entry(Frontend frontend, BalancerCodes codes) {
        return ServiceElements.service(frontend, codes.of(balancer.name()));
    }

    /**
     * All elements but the entry. What limits the clients, and what the balancer needs: a slot's
     * mark leads to its endpoint, or, if clients come back, to the mark that names the endpoint
     * wherever it moves.
     */
    Map<ElementKey, NftElement> elements(Frontend frontend) {
        Map<ElementKey, NftElement> elements = new LinkedHashMap<>();
        if (!sources.equals(Sources.ANY)) {
            ElementKey key = limit(frontend);
            elements.put(key, NftElement.of(key.data(), NftValue.jump(sources)));
        }
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
                && sources.equals(other.sources)
                && new HashSet<>(slots).equals(new HashSet<>(other.slots));
    }
}
