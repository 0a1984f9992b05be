package dev.weir.endpoint.balance;

import dev.weir.changes.Image;
import dev.weir.changes.Index;
import dev.weir.changes.Step;
import dev.weir.core.v1.Node;
import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.model.Kinds;
import dev.weir.model.Shards;
import dev.weir.net.v1.Service;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which Services a step touches, and what becomes of their load-balancer addresses.
 *
 * <p>First all touched ones give back what they may not keep. Then those that lack an address are
 * given one, the oldest first; when something was given back, those that were left without one
 * before are among them. A step costs the Services that it names, those that share their addresses,
 * and these; when it names a pool, or changes the addresses of nodes, all Services of type
 * LoadBalancer. For one caller at a time.
 */
public final class Balancer {
    private static final String ALL = "all";

    /** What nodes have in this image; kept because it costs their number. */
    private record At(Image control, NodeAddresses nodes) {}

    private At last = new At(Image.empty(Shards.CONTROL), NodeAddresses.NONE);

    /** All whose addresses are given here; and by each family that they lack. */
    private final Index<Service> services =
            new Index<>(Kinds.SERVICE, Service.class, Balancer::terms);

    private static List<String> terms(Service service) {
        if (!Wish.isOurs(service)) {
            return List.of();
        }
        List<IpAddress> held = Tenancy.addresses(service);
        return Stream.concat(
                        Stream.of(ALL),
                        service.getSpec().getIpFamiliesList().stream()
                                .filter(family -> held.stream().noneMatch(is(family))))
                .toList();
    }

    private static Predicate<IpAddress> is(String family) {
        return address -> address.v6() == family.equals("IPv6");
    }

    /**
     * The Services whose status is to change.
     *
     * @param control of the nodes; {@link Step#still} when it did not move
     * @param endpoint of the Services and pools
     * @param tenants of the image that the step leads to
     */
    public SortedMap<Key, Service> derive(
            Step control, Step endpoint, Tenants tenants, Instant now) {
        services.follow(endpoint);
        TreeSet<Key> touched = touched(endpoint, tenants);
        if (moved(control)) {
            touched.addAll(services.under(ALL));
        }
        NodeAddresses nodes = nodes(control);
        TreeSet<String> freed = freed(endpoint);
        if (touched.isEmpty() && freed.isEmpty()) {
            return new TreeMap<>();
        }
        Round round = new Round(Pool.in(endpoint.to()), nodes, tenants);
        touched.forEach(key -> ours(endpoint.to(), key).ifPresent(round::enter));
        round.giveBack();
        freed.addAll(round.freed());
        freed.stream()
                .flatMap(family -> services.under(family).stream())
                .flatMap(key -> ours(endpoint.to(), key).stream())
                .forEach(round::enter);
        return round.give(now);
    }

    private static boolean moved(Step control) {
        return control.keys(Kinds.NODE)
                .anyMatch(
                        key ->
                                !addresses(control.from(), key)
                                        .equals(addresses(control.to(), key)));
    }

    private static List<IpAddress> addresses(Image control, Key node) {
        return control.find(Node.class, node).stream().flatMap(NodeAddresses::of).toList();
    }

    private NodeAddresses nodes(Step control) {
        if (last.control() != control.to()) {
            boolean same = last.control() == control.from() && !moved(control);
            last = new At(control.to(), same ? last.nodes() : NodeAddresses.in(control.to()));
        }
        return last.nodes();
    }

    private TreeSet<Key> touched(Step endpoint, Tenants tenants) {
        TreeSet<Key> touched = new TreeSet<>();
        if (endpoint.keys(Kinds.ADDRESS_POOL).findAny().isPresent()) {
            touched.addAll(services.under(ALL));
        }
        endpoint.keys(Kinds.SERVICE)
                .forEach(
                        key -> {
                            touched.add(key);
                            endpoint.versions(Service.class, key)
                                    .flatMap(service -> Tenancy.addresses(service).stream())
                                    .flatMap(address -> tenants.at(address).stream())
                                    .map(Tenancy::service)
                                    .forEach(touched::add);
                        });
        return touched;
    }

    /** Families of addresses that are used less than before the step. */
    private static TreeSet<String> freed(Step endpoint) {
        TreeSet<String> freed = new TreeSet<>();
        endpoint.keys(Kinds.SERVICE)
                .forEach(
                        key -> {
                            Optional<Service> now = endpoint.to().find(Service.class, key);
                            endpoint.from()
                                    .find(Service.class, key)
                                    .filter(
                                            before ->
                                                    !now.map(after -> same(before, after))
                                                            .orElse(false))
                                    .ifPresent(
                                            before ->
                                                    Tenancy.addresses(before)
                                                            .forEach(
                                                                    address ->
                                                                            freed.add(
                                                                                    Choice.family(
                                                                                            address))));
                        });
        return freed;
    }

    private static boolean same(Service before, Service after) {
        return Tenancy.addresses(before).equals(Tenancy.addresses(after))
                && Tenancy.of(before).equals(Tenancy.of(after));
    }

    private static Optional<Service> ours(Image image, Key key) {
        return image.find(Service.class, key).filter(Wish::isOurs);
    }
}
