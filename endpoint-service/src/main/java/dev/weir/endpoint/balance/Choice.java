package dev.weir.endpoint.balance;

import dev.weir.endpoint.balance.Lot.Reason;
import dev.weir.model.IpAddress;
import dev.weir.net.v1.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses one Service keeps, and which it is given.
 *
 * @param pools all there are
 * @param nodes what is no Service's whatever pool it is in
 */
record Choice(Service service, Wish wish, Tenancy tenancy, List<Pool> pools, NodeAddresses nodes) {
    private static final String V6 = "IPv6";

    static String family(IpAddress address) {
        return address.v6() ? V6 : "IPv4";
    }

    static Choice of(Service service, List<Pool> pools, NodeAddresses nodes) {
        return new Choice(service, Wish.of(service), Tenancy.of(service), pools, nodes);
    }

    /**
     * Of the addresses that it has, one for each family at most: of its pool, no node's, as asked
     * for, and besides nobody older whom it cannot share with. The younger one goes.
     */
    List<IpAddress> kept(Tenants tenants) {
        List<IpAddress> held = Tenancy.addresses(service);
        return service.getSpec().getIpFamiliesList().stream()
                .flatMap(
                        family ->
                                held.stream()
                                        .filter(address -> address.v6() == family.equals(V6))
                                        .filter(address -> mayKeep(address, tenants))
                                        .limit(1))
                .toList();
    }

    private boolean mayKeep(IpAddress address, Tenants tenants) {
        return eligible().anyMatch(pool -> pool.contains(address))
                && !nodes.contains(address)
                && wish.address(address.v6()).map(address::equals).orElse(true)
                && tenants.at(address).stream()
                        .filter(other -> other.compareTo(tenancy) < 0)
                        .allMatch(tenancy::goesWith);
    }

    /**
     * What it has in this family then.
     *
     * @param kept its addresses so far
     */
    Lot lot(String family, List<IpAddress> kept, Tenants tenants) {
        boolean v6 = family.equals(V6);
        return kept.stream()
                .filter(address -> address.v6() == v6)
                .findFirst()
                .map(this::given)
                .orElseGet(
                        () ->
                                wish.address(v6)
                                        .map(address -> asked(address, family, tenants))
                                        .orElseGet(() -> any(family, v6, tenants)));
    }

    private Lot asked(IpAddress address, String family, Tenants tenants) {
        if (eligible().noneMatch(pool -> pool.contains(address))) {
            return new Lot.Waits(
                    family,
                    Reason.ADDRESS_NOT_IN_POOL,
                    address + " is not in " + wish.pool().map(Choice::named).orElse("any pool"));
        }
        Optional<String> node = nodes.owner(address);
        if (node.isPresent()) {
            return new Lot.Waits(
                    family,
                    Reason.ADDRESS_OF_NODE,
                    address + " is an address of node \"" + node.get() + "\"");
        }
        return tenants.admit(address, tenancy)
                ? given(address)
                : new Lot.Waits(
                        family,
                        Reason.ADDRESS_IN_USE,
                        address + " belongs to " + other(address, tenants));
    }

    private static String other(IpAddress address, Tenants tenants) {
        return tenants.at(address).iterator().next().service().qualifiedName();
    }

    private Lot any(String family, boolean v6, Tenants tenants) {
        List<Pool> open =
                eligible()
                        .filter(pool -> wish.pool().isPresent() || pool.automatic())
                        .filter(pool -> pool.has(v6))
                        .toList();
        if (open.isEmpty()) {
            return new Lot.Waits(family, Reason.NO_ADDRESS_POOL, nothing(family));
        }
        Stream<IpAddress> shared =
                tenants.shared(wish.sharing()).stream()
                        .filter(address -> address.v6() == v6)
                        .filter(address -> open.stream().anyMatch(pool -> pool.contains(address)))
                        .filter(address -> !nodes.contains(address))
                        .filter(address -> tenants.admit(address, tenancy));
        Stream<IpAddress> free =
                open.stream().flatMap(pool -> tenants.free(pool, v6, nodes.all()).stream());
        Optional<IpAddress> chosen = Stream.concat(shared, free).findFirst();
        return chosen.map(this::given)
                .orElseGet(
                        () ->
                                new Lot.Waits(
                                        family,
                                        Reason.ADDRESS_POOL_EXHAUSTED,
                                        "no " + family + " address is left in " + names(open)));
    }

    private String nothing(String family) {
        return wish.pool()
                .map(
                        name ->
                                eligible().findAny().isPresent()
                                        ? named(name) + " has no " + family + " addresses"
                                        : named(name) + " does not exist")
                .orElse("no pool has " + family + " addresses for those who name none");
    }

    private static String named(String pool) {
        return "pool \"" + pool + "\"";
    }

    private static String names(List<Pool> open) {
        return open.size() == 1
                ? named(open.getFirst().name())
                : "pools " + String.join(", ", open.stream().map(Pool::name).toList());
    }

    private Lot given(IpAddress address) {
        return new Lot.Given(
                address,
                pools.stream()
                        .filter(pool -> pool.contains(address))
                        .map(Pool::name)
                        .findFirst()
                        .orElse(""));
    }

    /** What is asked for and is no address of a family that the Service has. */
    Optional<String> unusable() {
        return wish.addresses().stream()
                .filter(
                        text ->
                                IpAddress.parse(text)
                                        .map(Choice::family)
                                        .filter(service.getSpec().getIpFamiliesList()::contains)
                                        .isEmpty())
                .findFirst();
    }

    /** Those that the Service can have addresses of when it names them. */
    private Stream<Pool> eligible() {
        return pools.stream().filter(pool -> wish.pool().map(pool.name()::equals).orElse(true));
    }
}
