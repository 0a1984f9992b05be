package dev.weir.dns.zone;

import dev.weir.changes.Image;
import dev.weir.changes.MapDelta;
import dev.weir.changes.Step;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.ServiceRanges;
import dev.weir.net.v1.EndpointSlice;
import dev.weir.net.v1.Service;
import dev.weir.net.v1.ServiceCidr;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pcollections.HashPMap;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePSet;

/**
 * From steps of the change stream to changes of the zone. Immutable.
 *
 * <p>Takes steps of any shard and passes over what names do not need. Remembers only which slices
 * belong to which Service, so that a step costs the Services it touches, not their namespace.
 *
 * @param slices the keys of each Service's slices, by the Service's key
 */
public record ZoneSource(HashPMap<Key, TreePSet<Key>> slices) {
    public static final ZoneSource EMPTY = new ZoneSource(HashTreePMap.empty());

    /** The label of a slice that names its Service. */
    private static final String SERVICE_NAME = "kubernetes.io/service-name";

    /**
     * What one step comes to.
     *
     * @param next for the step after
     */
    public record Advance(ZoneSource next, ZoneDelta delta) {}

    /** Follows one step; the steps of a shard must come in their order, those of shards in any. */
    public Advance advance(Step step) {
        Set<Key> touched = step.keys(Kinds.SERVICE).collect(Collectors.toCollection(TreeSet::new));
        HashPMap<Key, TreePSet<Key>> next = slices;
        for (Key slice : step.keys(Kinds.ENDPOINT_SLICE).toList()) {
            Optional<Key> before = owner(step.from(), slice);
            Optional<Key> after = owner(step.to(), slice);
            before.ifPresent(touched::add);
            after.ifPresent(touched::add);
            if (before.isPresent() && !before.equals(after)) {
                next = without(next, before.get(), slice);
            }
            if (after.isPresent()) {
                next = with(next, after.get(), slice);
            }
        }
        ZoneSource source = new ZoneSource(next);
        return new Advance(source, source.delta(step, touched));
    }

    private ZoneDelta delta(Step step, Set<Key> touched) {
        Map<Key, DnsService> puts = new HashMap<>();
        Set<Key> removes = new HashSet<>();
        for (Key key : touched) {
            view(step.to(), key)
                    .ifPresentOrElse(service -> puts.put(key, service), () -> removes.add(key));
        }
        Map<Boolean, Set<String>> namespaces =
                step.keys(Kinds.NAMESPACE)
                        .filter(key -> Label.isValid(key.name()))
                        .collect(
                                Collectors.partitioningBy(
                                        key -> step.to().get(key).isPresent(),
                                        Collectors.mapping(Key::name, Collectors.toSet())));
        return new ZoneDelta(
                new MapDelta<>(puts, removes),
                namespaces.getOrDefault(true, Set.of()),
                namespaces.getOrDefault(false, Set.of()),
                step.keys(Kinds.SERVICE_CIDR)
                        .findAny()
                        .map(
                                any ->
                                        ServiceRanges.of(
                                                step.to()
                                                        .all(
                                                                Kinds.SERVICE_CIDR,
                                                                ServiceCidr.class))));
    }

    private Optional<DnsService> view(Image image, Key service) {
        return image.find(Service.class, service)
                .flatMap(
                        object ->
                                ServiceView.of(
                                        object,
                                        ServiceView.isHeadless(object)
                                                ? slices(image, service)
                                                : List.of()));
    }

    private List<EndpointSlice> slices(Image image, Key service) {
        return slices.getOrDefault(service, TreePSet.empty()).stream()
                .flatMap(slice -> image.find(EndpointSlice.class, slice).stream())
                .toList();
    }

    private static Optional<Key> owner(Image image, Key slice) {
        return image.find(EndpointSlice.class, slice)
                .map(object -> object.getMetadata().getLabelsOrDefault(SERVICE_NAME, ""))
                .filter(name -> !name.isEmpty())
                .map(name -> new Key(Kinds.SERVICE.name(), slice.namespace(), name));
    }

    private static HashPMap<Key, TreePSet<Key>> with(
            HashPMap<Key, TreePSet<Key>> slices, Key service, Key slice) {
        return slices.plus(service, slices.getOrDefault(service, TreePSet.empty()).plus(slice));
    }

    private static HashPMap<Key, TreePSet<Key>> without(
            HashPMap<Key, TreePSet<Key>> slices, Key service, Key slice) {
        TreePSet<Key> left = slices.getOrDefault(service, TreePSet.<Key>empty()).minus(slice);
        return left.isEmpty() ? slices.minus(service) : slices.plus(service, left);
    }
}
