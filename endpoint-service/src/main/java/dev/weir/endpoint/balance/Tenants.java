package dev.weir.endpoint.balance;

import dev.weir.model.IpAddress;
import dev.weir.model.Key;
import dev.weir.net.v1.Service;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Which Services are at which load-balancer address, whoever gave it to them: an index of the
 * Service objects, never a state of its own. Immutable; following one change costs the logarithm of
 * the number of Services.
 */
public final class Tenants {
    public static final Tenants NONE =
            new Tenants(HashTreePMap.empty(), HashTreePMap.empty(), Runs.EMPTY);

    private final PMap<IpAddress, TreePMap<Key, Tenancy>> tenants;

    /** Addresses by the key under which they are shared. */
    private final PMap<String, TreePSet<IpAddress>> shared;

    private final Runs taken;

    private Tenants(
            PMap<IpAddress, TreePMap<Key, Tenancy>> tenants,
            PMap<String, TreePSet<IpAddress>> shared,
            Runs taken) {
        this.tenants = tenants;
        this.shared = shared;
        this.taken = taken;
    }

    /** The index after a change: no old for a create, no new for a delete. */
    public Tenants after(Optional<Service> old, Optional<Service> now) {
        Tenants next = this;
        List<IpAddress> before = old.map(Tenancy::addresses).orElse(List.of());
        for (IpAddress address : before) {
            next = next.without(address, Tenancy.of(old.orElseThrow()));
        }
        List<IpAddress> after = now.map(Tenancy::addresses).orElse(List.of());
        for (IpAddress address : after) {
            next = next.with(address, Tenancy.of(now.orElseThrow()));
        }
        return next;
    }

    Tenants with(IpAddress address, Tenancy tenancy) {
        var there = tenants.getOrDefault(address, TreePMap.empty());
        return new Tenants(
                tenants.plus(address, there.plus(tenancy.service(), tenancy)),
                tenancy.sharing().isEmpty()
                        ? shared
                        : shared.plus(
                                tenancy.sharing(), sharedSet(tenancy.sharing()).plus(address)),
                taken.plus(address));
    }

    Tenants without(IpAddress address, Tenancy tenancy) {
        var left = tenants.getOrDefault(address, TreePMap.empty()).minus(tenancy.service());
        String key = tenancy.sharing();
        boolean stillShared = left.values().stream().anyMatch(one -> one.sharing().equals(key));
        var keyed = sharedSet(key).minus(address);
        return new Tenants(
                left.isEmpty() ? tenants.minus(address) : tenants.plus(address, left),
                stillShared
                        ? shared
                        : keyed.isEmpty() ? shared.minus(key) : shared.plus(key, keyed),
                left.isEmpty() ? taken.minus(address) : taken);
    }

    private TreePSet<IpAddress> sharedSet(String key) {
        return shared.getOrDefault(key, TreePSet.empty());
    }

    /** In the order of their names. */
    Collection<Tenancy> at(IpAddress address) {
        return tenants.getOrDefault(address, TreePMap.empty()).values();
    }

    /** The addresses at which a Service is that shares under this key. */
    SortedSet<IpAddress> shared(String key) {
        return sharedSet(key);
    }

    /** Whether the Service can have the address besides those that are there. */
    boolean admit(IpAddress address, Tenancy tenancy) {
        return at(address).stream()
                .allMatch(
                        other ->
                                other.service().equals(tenancy.service())
                                        || other.goesWith(tenancy));
    }

    /**
     * The lowest address of the pool that nobody has.
     *
     * @param others what is not given out either
     */
    Optional<IpAddress> free(Pool pool, boolean v6, Runs others) {
        return pool.spans().stream()
                .filter(span -> span.v6() == v6)
                .flatMap(span -> taken.missing(span, others).stream())
                .findFirst();
    }

    /**
     * Who else has a port of this protocol and number at this address.
     *
     * @param protocol as a Service's port has it
     */
    public Optional<Key> owner(IpAddress address, String protocol, int port, Key but) {
        return at(address).stream()
                .filter(tenancy -> !tenancy.service().equals(but))
                .filter(tenancy -> tenancy.ports().contains(new Tenancy.Port(protocol, port)))
                .map(Tenancy::service)
                .findFirst();
    }

    /** Of a Service: where its traffic is taken. */
    public static List<IpAddress> addresses(Service service) {
        return Tenancy.addresses(service);
    }
}
