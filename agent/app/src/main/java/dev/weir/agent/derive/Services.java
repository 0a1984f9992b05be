package dev.weir.agent.derive;

import dev.weir.model.Backends;
import dev.weir.model.Frontend;
import dev.weir.model.Frontend.Clients;
import dev.weir.model.Key;
import dev.weir.net.v1.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pcollections.PMap;

/** The frontends of all Services, of which a step changes those at the places that it touches. */
final class Services {
    private final ServiceStep endpoint;
    private final Here here;
    private final PMap<Frontend, Backends> previous;

    private Services(ServiceStep endpoint, Here here, PMap<Frontend, Backends> previous) {
        this.endpoint = endpoint;
        this.here = here;
        this.previous = previous;
    }

    /**
     * The previous frontends with the step's changes. A place that several Services claim belongs
     * to the first by {@link Claim#RANK}, and to the next when that one goes.
     *
     * @param before where the node was; if it is in another zone now, all of them may change
     */
    static Edit<Frontend, Backends> derive(
            ServiceStep endpoint, Here before, Here here, PMap<Frontend, Backends> previous) {
        Set<Key> touched = new TreeSet<>(endpoint.touched());
        if (!before.equals(here)) {
            endpoint.all().forEach(touched::add);
        }
        return new Services(endpoint, here, previous).derive(touched);
    }

    private Edit<Frontend, Backends> derive(Set<Key> touched) {
        Set<Frontend> places = new HashSet<>();
        touched.stream()
                .flatMap(endpoint::versions)
                .flatMap(service -> Claim.of(service, here.settings()).stream())
                .forEach(claim -> places.add(claim.place()));
        Map<Frontend, Backends> wanted = new HashMap<>();
        held(touched, places)
                .forEach(
                        (key, claims) ->
                                endpoint.service(key).stream()
                                        .flatMap(service -> offers(key, service, claims))
                                        .forEach(
                                                offer ->
                                                        wanted.put(
                                                                offer.frontend(),
                                                                offer.backends(here))));
        Edit<Frontend, Backends> edit = new Edit<>(previous);
        for (Frontend place : places) {
            for (Clients clients : Clients.values()) {
                Frontend frontend = place.of(clients);
                edit.set(frontend, wanted.get(frontend));
            }
        }
        return edit;
    }

    /** Who gets the places, by Service. */
    private Map<Key, List<Claim>> held(Set<Key> touched, Set<Frontend> places) {
        Set<Key> claimants = new TreeSet<>(touched);
        for (Frontend place : places) {
            claimants.addAll(endpoint.index().claimants(place));
            Backends holder = previous.get(place);
            if (holder != null) {
                claimants.add(holder.service());
            }
        }
        Map<Frontend, Claim> first = new HashMap<>();
        for (Service service : endpoint.services(claimants)) {
            for (Claim claim : Claim.of(service, here.settings())) {
                if (places.contains(claim.place())) {
                    first.merge(
                            claim.place(),
                            claim,
                            (one, other) -> Claim.RANK.compare(one, other) <= 0 ? one : other);
                }
            }
        }
        Map<Key, List<Claim>> held = new TreeMap<>();
        first.values()
                .forEach(
                        claim ->
                                held.computeIfAbsent(
                                                Offer.key(claim.service()),
                                                absent -> new ArrayList<>())
                                        .add(claim));
        return held;
    }

    private Stream<Offer> offers(Key key, Service service, Collection<Claim> held) {
        return Frontends.offers(service, held, endpoint.slices(key), here).stream();
    }
}
