package dev.weir.agent.derive;

import dev.weir.changes.Step;
import dev.weir.endpoint.derive.SliceLabels;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The endpoint shard's step as Services see it.
 *
 * @param index at the step's end
 * @param touched Services that the step names, or a slice of which it names
 */
record ServiceStep(Step step, ServiceIndex index, Set<Key> touched) {

    static ServiceStep of(Step step, ServiceIndex index) {
        Set<Key> touched = new TreeSet<>(step.keys(Kinds.SERVICE).toList());
        step.keys(Kinds.ENDPOINT_SLICE)
                .flatMap(key -> step.versions(EndpointSlice.class, key))
                .flatMap(slice -> SliceLabels.service(slice).stream())
                .forEach(touched::add);
        return new ServiceStep(step, index, touched);
    }

    /** All there are at the end. */
    Stream<Key> all() {
        return step.to().all(Kinds.SERVICE, Service.class).map(Offer::key);
    }

    Optional<Service> service(Key key) {
        return step.to().find(Service.class, key);
    }

    List<Service> services(Collection<Key> keys) {
        return keys.stream().flatMap(key -> service(key).stream()).toList();
    }

    /** What it was and what it is; once where it did not change. */
    Stream<Service> versions(Key key) {
        return step.versions(Service.class, key).distinct();
    }

    List<EndpointSlice> slices(Key service) {
        return index.slices(service).stream()
                .flatMap(key -> step.to().find(EndpointSlice.class, key).stream())
                .toList();
    }
}
